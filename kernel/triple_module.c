/* The functions of the module that take blocks on three wires. */
#include "bindings.h"

#include <string.h>

#include "matrices.h"
#include "triples.h"

/* --- blocks by steps ---------------------------------------------------------------------------------------------- */

const char triples_text[] =
    PyDoc_STR("triples(width, steps, least, most_open)\n--\n\nThe blocks on three wires, as 32-bit numbers.");

static int are_steps(const Py_buffer *steps, int width) {
    size_t count = (size_t)steps->len / (STEP * sizeof(int32_t));
    if (!has_numbers(steps, STEP * count, sizeof(int32_t)) || count > 1 << 28)
        return 0;
    const int32_t *step = steps->buf;
    for (size_t k = 0; k < count; k++, step += STEP)
        if (step[0] < 0 || step[0] >= width || step[1] < -1 || step[1] >= width || step[0] == step[1] || step[2] < -1
            || step[3] < 0)
            return 0;
    return 1;
}

PyObject *triples_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer steps;
    int width, least, most_open;
    if (!PyArg_ParseTuple(arguments, "iy*ii", &width, &steps, &least, &most_open))
        return NULL;
    PyObject *result = NULL;
    if (width >= 0 && most_open > 0 && most_open < 1 << 10 && are_steps(&steps, width)) {
        List blocks = {.items = NULL};
        int64_t count = steps.len / (Py_ssize_t)(STEP * sizeof(int32_t));
        if (gather_triples(width, count, steps.buf, least, most_open, &blocks) == SOLVED)
            result = bytes_of(&blocks);
        else
            PyErr_NoMemory();
        free(blocks.items);
    } else {
        PyErr_SetString(PyExc_ValueError, "steps on wires that are not there");
    }
    PyBuffer_Release(&steps);
    return result;
}

/* --- blocks on three wires of a form, and their unitaries --------------------------------------------------------- */

const char triple_tasks_text[] = PyDoc_STR(
    "triple_tasks(width, wires, values, limits, least, most_open)\n--\n\n"
    "The blocks on three wires as `triples` has them, their lengths, the vectors of the axes and the rounding neglected,\n"
    "the unitaries of the blocks row by row, the same rounded to seven digits, and two axes of each wire, where possible\n"
    "not parallel.");

#define DIGITS 1e7

/* The steps of a form's interactions, by the numbers of their axes; 0 without memory. */
static int write_steps(const Form *form, Axes *axes, List *steps) {
    int32_t *step = extend(steps, STEP * form->count);
    int is_fine = step && begin_axes(axes);
    for (int64_t k = 0; k < form->count && is_fine; k++, step += STEP) {
        const double *own = form->values + VALUES * k;
        memcpy(step, form->wires + 2 * k, 2 * sizeof *step);
        step[2] = number_of(axes, vector_at(own)) & -2;
        step[3] = number_of(axes, vector_at(own + 3)) & -2;
        step[4] = (int32_t)k;
        is_fine = axes->has_memory;
    }
    return is_fine;
}

/* Writes the product of a block's interactions; its first wire is the most significant. `room` holds the numbers of each
 * of them, and `pairs` those of their pairs. */
static void write_product(const Form *form, const int32_t *block, double *room, int32_t *pairs, Matrix *product) {
    size_t count = (size_t)block[6];
    double *u = room, *v = u + 3 * count, *t = v + 3 * count;
    for (size_t k = 0; k < count; k++) {
        const int32_t place = block[7 + k], *wires = form->wires + 2 * place;
        const double *own = form->values + VALUES * (size_t)place;
        int is_turned = wires[0] > wires[1], low = wires[is_turned], high = wires[!is_turned];
        pairs[k] = low != block[0] ? 2 : high == block[1] ? 0 : 1;
        memcpy(u + 3 * k, own + (is_turned ? 3 : 0), 3 * sizeof *u);
        memcpy(v + 3 * k, own + (is_turned ? 0 : 3), 3 * sizeof *v);
        t[k] = own[6];
    }
    product_of_interactions((int)count, pairs, u, v, t, product);
}

/* Writes a matrix row by row, and the same rounded to seven digits. */
VECTORS static void write_unitary(const Matrix *matrix, double *unitary, double *digits) {
    for (int row = 0; row < SIZE; row++)
        for (int column = 0; column < SIZE; column++) {
            *unitary++ = matrix->re[column][row];
            *unitary++ = matrix->im[column][row];
        }
    unitary -= 2 * ENTRIES;
    for (int k = 0; k < 2 * ENTRIES; k++)
        digits[k] = rint(unitary[k] * DIGITS) / DIGITS + 0.0;
}

/* Writes two axes of each wire of a block, where possible not parallel. */
static void write_axes(const Form *form, const int32_t *block, double *axes) {
    for (int k = 0; k < 3; k++, axes += 6) {
        const double *first = NULL, *other = NULL;
        for (int j = 0; j < block[6] && !other; j++) {
            const int32_t place = block[7 + j], *wires = form->wires + 2 * place;
            const double *own = form->values + VALUES * (size_t)place;
            if (wires[0] != block[k] && wires[1] != block[k])
                continue;
            own += wires[0] == block[k] ? 0 : 3;
            if (!first)
                first = own;
            else if (!is_along(vector_at(first), vector_at(own), form->limits->noise))
                other = own;
        }
        memcpy(axes, first ? first : form->values, 3 * sizeof *axes);
        memcpy(axes + 3, other ? other : axes, 3 * sizeof *axes);
    }
}

/* For each block its unitary, the same rounded, and axes; 0 without memory. */
static int write_blocks(const Form *form, const List *blocks, double *unitary, double *digits, double *axes) {
    int64_t longest = 0;
    for (int64_t k = 0; k < blocks->count; k += 7 + blocks->items[k + 6])
        longest = blocks->items[k + 6] > longest ? blocks->items[k + 6] : longest;
    double *room = malloc((VALUES * (size_t)longest + 1) * sizeof *room);
    int32_t *pairs = malloc(((size_t)longest + 1) * sizeof *pairs);
    int is_fine = room && pairs;
    for (int64_t k = 0; k < blocks->count && is_fine; k += 7 + blocks->items[k + 6]) {
        Matrix product;
        write_product(form, blocks->items + k, room, pairs, &product);
        write_unitary(&product, unitary, digits);
        write_axes(form, blocks->items + k, axes);
        unitary += 2 * ENTRIES, digits += 2 * ENTRIES, axes += 2 * 3 * WIRES;
    }
    free(room);
    free(pairs);
    return is_fine;
}

/* Bytes for so many doubles, which are still to be written. */
static PyObject *room_for(int64_t count, double **numbers) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)count * (Py_ssize_t)sizeof **numbers);
    *numbers = bytes ? (double *)PyBytes_AsString(bytes) : NULL;
    return bytes;
}

static PyObject *tasks_of(const Form *form, const List *blocks, const Axes *axes) {
    List lengths = {.items = NULL};
    int is_fine = 1;
    for (int64_t k = 0; k < blocks->count; k += 7 + blocks->items[k + 6])
        is_fine = is_fine && append(&lengths, blocks->items[k + 6]);
    double *numbers[3];
    PyObject *unitaries = room_for(2 * ENTRIES * lengths.count, &numbers[0]);
    PyObject *digits = room_for(2 * ENTRIES * lengths.count, &numbers[1]);
    PyObject *own = room_for(2 * 3 * WIRES * lengths.count, &numbers[2]);
    PyObject *result = NULL;
    if (unitaries && digits && own) {
        Py_BEGIN_ALLOW_THREADS
        is_fine = is_fine && write_blocks(form, blocks, numbers[0], numbers[1], numbers[2]);
        Py_END_ALLOW_THREADS
        if (is_fine)
            result = Py_BuildValue("NNNdOOO", bytes_of(blocks), bytes_of(&lengths),
                                   bytes_of_doubles(axes->vectors.items, axes->vectors.count), axes->neglected, unitaries,
                                   digits, own);
        else
            PyErr_NoMemory();
    }
    Py_XDECREF(unitaries);
    Py_XDECREF(digits);
    Py_XDECREF(own);
    free(lengths.items);
    return result;
}

PyObject *triple_tasks_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer wires, values, limits;
    int least, most_open;
    Form form;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*ii", &form.width, &wires, &values, &limits, &least, &most_open))
        return NULL;
    PyObject *result = NULL;
    if (has_form(&wires, &values, &limits, &form) && most_open > 0 && most_open < 1 << 10) {
        Axes axes = {.limits = form.limits};
        List steps = {.items = NULL}, blocks = {.items = NULL};
        Outcome outcome = NO_MEMORY;
        Py_BEGIN_ALLOW_THREADS
        if (write_steps(&form, &axes, &steps))
            outcome = gather_triples(form.width, form.count, steps.items, least, most_open, &blocks);
        Py_END_ALLOW_THREADS
        result = outcome == SOLVED ? tasks_of(&form, &blocks, &axes) : PyErr_NoMemory();
        release_axes(&axes);
        free(steps.items);
        free(blocks.items);
    } else {
        PyErr_SetString(PyExc_ValueError, "interactions on wires that are not there, or along no axes");
    }
    release_buffers(&wires, &values, &limits, (Py_buffer *)NULL);
    return result;
}

/* --- other interactions in place of blocks ------------------------------------------------------------------------ */

const char rewrite_triples_text[] = PyDoc_STR(
    "rewrite_triples(width, wires, values, ends, limits, vectors, neglected, blocks, instances)\n--\n\n"
    "A form with instances in place of blocks: its wires, numbers, the same where 0 is never negative, places of the\n"
    "origins, and ends; the phase in radians and the rounding neglected. A block is three wires, the number of its\n"
    "places and these, the number of interactions of its instance and their pairs; an instance has their axes u, axes v\n"
    "and angles, three turns, a phase and an error.");

/* Reads a block at a place of a list of numbers; the place after it, 0 if it is none. */
static size_t read_block(const Form *form, const int32_t *numbers, size_t start, size_t end, Replacement *block) {
    if (end - start < 6 || numbers[start + 3] < 1 || (size_t)numbers[start + 3] > end - start - 5)
        return 0;
    *block = (Replacement){.wires = numbers + start, .count = numbers[start + 3], .places = numbers + start + 4};
    start += 4 + (size_t)block->count;
    block->length = numbers[start++];
    if (block->length < 0 || block->length > LONGEST || (size_t)block->length > end - start)
        return 0;
    block->pairs = numbers + start;
    const int32_t *wires = block->wires;
    int is_sound = wires[0] != wires[1] && wires[1] != wires[2] && wires[0] != wires[2];
    for (int k = 0; k < 3; k++)
        is_sound = is_sound && wires[k] >= 0 && wires[k] < form->width;
    for (int k = 0; k < block->count; k++)
        is_sound = is_sound && block->places[k] >= 0 && block->places[k] < form->count;
    for (int k = 0; k < block->length; k++)
        is_sound = is_sound && block->pairs[k] >= 0 && block->pairs[k] < WIRES;
    return is_sound ? start + (size_t)block->length : 0;
}

/* Reads all blocks with their instances; how many there are, -1 if the buffers are of other sizes. */
static int read_blocks(const Form *form, const Py_buffer *numbers, const Py_buffer *instances, Replacement *blocks) {
    size_t end = (size_t)numbers->len / sizeof(int32_t), start = 0, values = 0;
    int count = 0;
    if (!has_numbers(numbers, end, sizeof(int32_t)))
        return -1;
    for (; start < end; count++) {
        start = read_block(form, numbers->buf, start, end, &blocks[count]);
        if (!start)
            return -1;
        blocks[count].values = (const double *)instances->buf + values;
        values += VALUES * (size_t)blocks[count].length + MORE;
    }
    return has_numbers(instances, values, sizeof(double)) ? count : -1;
}

static PyObject *rewritten_of(const Form *given, const Py_buffer *ends, const Py_buffer *vectors, double neglected,
                              const Replacement *blocks, int count) {
    NumericForm form = {.width = given->width, .neglected = neglected, .limits = *given->limits};
    Doubles known = {.items = malloc((size_t)vectors->len + sizeof *known.items)};
    form.ends = malloc(((size_t)form.width + 1) * sizeof *form.ends);
    PyObject *result = NULL;
    if (known.items && form.ends) {
        memcpy(form.ends, ends->buf, (size_t)ends->len);
        memcpy(known.items, vectors->buf, (size_t)vectors->len);
        known.count = vectors->len / (Py_ssize_t)sizeof *known.items;
        known.room = known.count + 1;
        double phase;
        if (rewrite_triples(given, &known, blocks, count, &form, &phase) == SOLVED)
            result = Py_BuildValue("NNNNNdd", bytes_of(&form.wires),
                                   bytes_of_doubles(form.values.items, form.values.count),
                                   plain_bytes(form.values.items, form.values.count), bytes_of(&form.origins),
                                   bytes_of_doubles((const double *)form.ends, 4 * (int64_t)form.width), phase,
                                   form.neglected);
    } else {
        free(known.items);
    }
    if (!result)
        PyErr_NoMemory();
    free(form.wires.items);
    free(form.values.items);
    free(form.origins.items);
    free(form.ends);
    return result;
}

PyObject *rewrite_triples_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer wires, values, ends, limits, vectors, numbers, instances;
    double neglected;
    Form form;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*y*dy*y*", &form.width, &wires, &values, &ends, &limits, &vectors,
                          &neglected, &numbers, &instances))
        return NULL;
    PyObject *result = NULL;
    size_t known = (size_t)vectors.len / (6 * sizeof(double));
    Replacement *blocks = malloc(2 * (size_t)numbers.len + sizeof *blocks);  /* a block is at least six numbers */
    int count = -1;
    if (blocks && has_form(&wires, &values, &limits, &form) && are_ends(&ends, form.width) && known < 1 << 28
        && has_numbers(&vectors, 6 * known, sizeof(double)))
        count = read_blocks(&form, &numbers, &instances, blocks);
    if (count >= 0)
        result = rewritten_of(&form, &ends, &vectors, neglected, blocks, count);
    else
        PyErr_SetString(PyExc_ValueError, "interactions on wires that are not there, or blocks that are none");
    free(blocks);
    release_buffers(&wires, &values, &ends, &limits, &vectors, &numbers, &instances, (Py_buffer *)NULL);
    return result;
}

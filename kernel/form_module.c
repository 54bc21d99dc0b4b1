/* The functions of the module that take interaction forms by numbers. */
#include "bindings.h"

#include <string.h>

/* --- pairs of wires ----------------------------------------------------------------------------------------------- */

const char pairs_text[] = PyDoc_STR(
    "pairs(width, wires, values, limits, vectors, neglected)\n--\n\n"
    "The blocks on pairs of wires and their entries as 32-bit numbers, the angles of the entries, the entries as\n"
    "interactions: wires and numbers; the vectors of the axes, the late turns, and the phase and the rounding\n"
    "neglected.");

/* Whether all wires are there and all axes are near length one, so that they have cells. */
static int is_form(const Form *form) {
    for (int64_t k = 0; k < form->count; k++) {
        const int32_t *wires = form->wires + 2 * k;
        const double *values = form->values + VALUES * k;
        if (wires[0] < 0 || wires[1] < 0 || wires[0] >= form->width || wires[1] >= form->width || wires[0] == wires[1]
            || !(values[6] < 1e9 && values[6] > -1e9))
            return 0;
        for (int side = 0; side < 6; side += 3) {
            const double *axis = values + side;
            double square = axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2];
            if (!(square > 0.5 && square < 2))
                return 0;
        }
    }
    return 1;
}

int has_form(const Py_buffer *wires, const Py_buffer *values, const Py_buffer *limits, Form *form) {
    size_t count = (size_t)wires->len / (2 * sizeof(int32_t));
    form->count = (int64_t)count;
    form->wires = wires->buf;
    form->values = values->buf;
    form->limits = limits->buf;
    return form->width >= 0 && form->width < 1 << 28 && count < 1 << 28 && has_numbers(wires, 2 * count, sizeof(int32_t))
           && has_numbers(values, VALUES * count, sizeof(double))
           && has_numbers(limits, sizeof(Limits) / sizeof(double), sizeof(double)) && is_form(form);
}

PyObject *bytes_of_doubles(const double *numbers, int64_t count) {
    return PyBytes_FromStringAndSize((const char *)numbers, (Py_ssize_t)count * (Py_ssize_t)sizeof *numbers);
}

/* The blocks and their entries, these also as interactions: forms with equal bytes are alike. */
static PyObject *parts_of(const Gathered *gathered, int width) {
    int64_t count = gathered->angles.count;
    List wires = {.items = NULL};
    Doubles values = {.items = NULL};
    PyObject *result = NULL;
    if (extend(&wires, 2 * count) && extend_doubles(&values, VALUES * count)) {
        write_entries(gathered, wires.items, values.items);
        const Doubles *vectors = &gathered->axes.vectors;
        result = Py_BuildValue("NNNNNNNdd", bytes_of(&gathered->blocks), bytes_of(&gathered->entries),
                               bytes_of_doubles(gathered->angles.items, count), bytes_of(&wires),
                               plain_bytes(values.items, values.count), bytes_of_doubles(vectors->items, vectors->count),
                               bytes_of_doubles((const double *)gathered->late, LATE * (int64_t)width), gathered->phase,
                               gathered->axes.neglected);
    } else {
        PyErr_NoMemory();
    }
    free(wires.items);
    free(values.items);
    return result;
}

static PyObject *gathered_of(const Form *form, const Py_buffer *vectors, double neglected) {
    Gathered gathered = {.axes = {.neglected = neglected}};
    Doubles *known = &gathered.axes.vectors;
    known->items = malloc((size_t)vectors->len + sizeof *known->items);
    Outcome outcome = NO_MEMORY;
    Py_BEGIN_ALLOW_THREADS
    if (known->items) {
        memcpy(known->items, vectors->buf, (size_t)vectors->len);
        known->count = vectors->len / (Py_ssize_t)sizeof *known->items;
        known->room = known->count + 1;
        outcome = gather_pairs(form, &gathered);
    }
    Py_END_ALLOW_THREADS
    PyObject *result = outcome == SOLVED ? parts_of(&gathered, form->width) : PyErr_NoMemory();
    release_gathered(&gathered);
    return result;
}

PyObject *pairs_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer wires, values, limits, vectors;
    int width;
    double neglected;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*d", &width, &wires, &values, &limits, &vectors, &neglected))
        return NULL;
    PyObject *result = NULL;
    size_t known = (size_t)vectors.len / (6 * sizeof(double));
    Form form = {.width = width};
    if (known < 1 << 28
        && has_form(&wires, &values, &limits, &form) && has_numbers(&vectors, 6 * known, sizeof(double)))
        result = gathered_of(&form, &vectors, neglected);
    else
        PyErr_SetString(PyExc_ValueError, "interactions on wires that are not there, or along no axes");
    release_buffers(&wires, &values, &limits, &vectors, (Py_buffer *)NULL);
    return result;
}

/* --- forms that are compressed ------------------------------------------------------------------------------------ */

const char sweep_text[] = PyDoc_STR(
    "sweep(width, wires, values, ends, limits, is_measured, neglected)\n--\n\n"
    "A form after a sweep, for `compress`; then its wires, numbers and ends as bytes, where 0 is never negative.");
const char compress_text[] = PyDoc_STR(
    "compress(swept, tables, may_rename, is_measured, owners, unitaries, errors)\n--\n\n"
    "False if it needs the tables; None if a step is left to Python. Two parts ask for other unitaries of blocks: the\n"
    "numbers of their interactions, and for each block the axes measured next and its unitary; the next call has them,\n"
    "each with the number of its block and an error of its own. Otherwise the form's wires, numbers, the same where 0 is never negative, places\n"
    "of the origins, ends, phases and inputs; the rounding neglected; whether wires were exchanged, inputs renamed, and\n"
    "items left out. A form that was swept can be compressed once.");

static const char SWEPT[] = "ionqdsl.swept";

static void discard_sweep(PyObject *capsule) {
    Sweep *sweep = PyCapsule_GetPointer(capsule, SWEPT);
    if (sweep) {
        release_sweep(sweep);
        free(sweep);
    }
}

PyObject *plain_bytes(const double *numbers, int64_t count) {
    PyObject *result = bytes_of_doubles(numbers, count);
    double *own = result ? (double *)PyBytes_AsString(result) : NULL;
    for (int64_t k = 0; own && k < count; k++)
        own[k] += 0.0;
    return result;
}

int are_ends(const Py_buffer *ends, int width) {
    if (!has_numbers(ends, 4 * (size_t)width, sizeof(double)))
        return 0;
    const double *own = ends->buf;
    for (int wire = 0; wire < width; wire++, own += 4) {
        double square = own[0] * own[0] + own[1] * own[1] + own[2] * own[2] + own[3] * own[3];
        if (!(square > 0.5 && square < 2))
            return 0;
    }
    return 1;
}

/* A copy of the form; NULL without memory. */
static Sweep *sweep_of(const Form *given, const Py_buffer *ends, double neglected) {
    Sweep *sweep = calloc(1, sizeof *sweep);
    if (!sweep)
        return NULL;
    NumericForm *form = &sweep->form;
    *form = (NumericForm){.width = given->width, .neglected = neglected, .limits = *given->limits};
    form->ends = malloc(((size_t)form->width + 1) * sizeof *form->ends);
    form->inputs = malloc(((size_t)form->width + 1) * sizeof *form->inputs);
    int32_t *wires = extend(&form->wires, 2 * given->count), *origins = extend(&form->origins, given->count);
    double *values = extend_doubles(&form->values, VALUES * given->count);
    if (!form->ends || !form->inputs || !wires || !origins || !values) {
        release_sweep(sweep);
        free(sweep);
        return NULL;
    }
    memcpy(form->ends, ends->buf, (size_t)ends->len);
    memcpy(wires, given->wires, 2 * (size_t)given->count * sizeof *wires);
    memcpy(values, given->values, VALUES * (size_t)given->count * sizeof *values);
    for (int wire = 0; wire < form->width; wire++)
        form->inputs[wire] = wire;
    for (int64_t k = 0; k < given->count; k++)
        origins[k] = (int32_t)k;
    return sweep;
}

static PyObject *swept_of(const Form *given, const Py_buffer *ends, int is_measured, double neglected) {
    Sweep *sweep = sweep_of(given, ends, neglected);
    if (!sweep)
        return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(sweep, SWEPT, discard_sweep);
    if (!capsule) {
        release_sweep(sweep);
        free(sweep);
        return NULL;
    }
    Outcome outcome;
    Py_BEGIN_ALLOW_THREADS
    outcome = sweep_form(sweep, is_measured);
    Py_END_ALLOW_THREADS
    if (outcome != SOLVED) {
        Py_DECREF(capsule);
        return PyErr_NoMemory();
    }
    const NumericForm *form = &sweep->form;
    return Py_BuildValue("NNNN", capsule, bytes_of(&form->wires), plain_bytes(form->values.items, form->values.count),
                         plain_bytes((const double *)form->ends, 4 * (int64_t)form->width));
}

PyObject *sweep_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer wires, values, ends, limits;
    int is_measured;
    double neglected;
    Form form;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*pd", &form.width, &wires, &values, &ends, &limits, &is_measured, &neglected))
        return NULL;
    PyObject *result = NULL;
    if (has_form(&wires, &values, &limits, &form) && are_ends(&ends, form.width))
        result = swept_of(&form, &ends, is_measured, neglected);
    else
        PyErr_SetString(PyExc_ValueError, "interactions on wires that are not there, or along no axes");
    release_buffers(&wires, &values, &ends, &limits, (Py_buffer *)NULL);
    return result;
}

/* --- the cost of a form ------------------------------------------------------------------------------------------- */

const char least_cost_text[] = PyDoc_STR(
    "least_cost(width, wires, values, ends, limits)\n--\n\n"
    "The turns of interactions, pulses and depth of a circuit of a form, at least, where gates are along its axes.");

PyObject *least_cost_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer wires, values, ends, limits;
    Form form;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*", &form.width, &wires, &values, &ends, &limits))
        return NULL;
    PyObject *result = NULL;
    LeastCost cost;
    if (!has_form(&wires, &values, &limits, &form) || !are_ends(&ends, form.width))
        PyErr_SetString(PyExc_ValueError, "interactions on wires that are not there, or along no axes");
    else if (count_least(&form, ends.buf, &cost) != SOLVED)
        PyErr_NoMemory();
    else
        result = Py_BuildValue("dLL", cost.turns, (long long)cost.pulses, (long long)cost.depth);
    release_buffers(&wires, &values, &ends, &limits, (Py_buffer *)NULL);
    return result;
}

const char place_text[] = PyDoc_STR(
    "place(width, wires, values, ends, limits, low, high)\n--\n\n"
    "The rows of a form up to the ends of its wires where gates are along its axes, by angles from `low` to `high` turns:\n"
    "kind (gpi, gpi2 or the gate), two wires (-1 for none) and the place of the interaction of each, their angles in turns,\n"
    "the turns that the wires have made, the phase that the rows lack, and the rounding neglected.");

static PyObject *placed_of(const Placed *placed, int width) {
    return Py_BuildValue("NNNdd", bytes_of(&placed->rows), bytes_of_doubles(placed->turns.items, placed->turns.count),
                         bytes_of_doubles((const double *)placed->done, 4 * (int64_t)width), placed->phase,
                         placed->neglected);
}

PyObject *place_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer wires, values, ends, limits;
    Form form;
    double low, high;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*dd", &form.width, &wires, &values, &ends, &limits, &low, &high))
        return NULL;
    PyObject *result = NULL;
    if (!has_form(&wires, &values, &limits, &form) || !are_ends(&ends, form.width)) {
        PyErr_SetString(PyExc_ValueError, "interactions on wires that are not there, or along no axes");
    } else {
        Placed placed;
        Outcome outcome;
        Py_BEGIN_ALLOW_THREADS
        outcome = place_pulses(&form, ends.buf, low, high, &placed);
        Py_END_ALLOW_THREADS
        result = outcome == SOLVED ? placed_of(&placed, form.width) : PyErr_NoMemory();
        release_placed(&placed);
    }
    release_buffers(&wires, &values, &ends, &limits, (Py_buffer *)NULL);
    return result;
}

/* --- the result of compressing ------------------------------------------------------------------------------------ */

static PyObject *compressed_of(const Sweep *sweep) {
    const NumericForm *form = &sweep->form;
    const List inputs = {form->inputs, form->width, form->width};
    return Py_BuildValue("NNNNNNNdOOO", bytes_of(&form->wires), bytes_of_doubles(form->values.items, form->values.count),
                         plain_bytes(form->values.items, form->values.count), bytes_of(&form->origins),
                         bytes_of_doubles((const double *)form->ends, 4 * (int64_t)form->width),
                         bytes_of_doubles(form->phases.items, form->phases.count), bytes_of(&inputs), form->neglected,
                         sweep->is_renamed ? Py_True : Py_False, sweep->is_moved ? Py_True : Py_False,
                         sweep->is_cut ? Py_True : Py_False);
}

/* The questions, if there are any, or None where Python takes over. */
static PyObject *asked_of(const Sweep *sweep) {
    if (!sweep->is_asking)
        return Py_NewRef(Py_None);
    return Py_BuildValue("NN", bytes_of(&sweep->counts), bytes_of_doubles(sweep->asked.items, sweep->asked.count));
}

static int has_answers(const Py_buffer *owners, const Py_buffer *unitaries, const Py_buffer *errors, Answers *answers) {
    size_t count = (size_t)owners->len / sizeof(int32_t);
    *answers = (Answers){(int64_t)count, owners->buf, unitaries->buf, errors->buf};
    return has_numbers(owners, count, sizeof(int32_t)) && has_numbers(unitaries, 2 * SQUARE * count, sizeof(double))
           && has_numbers(errors, count, sizeof(double));
}

PyObject *compress_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    PyObject *capsule;
    Py_buffer tables, owners, unitaries, errors;
    Goal goal;
    if (!PyArg_ParseTuple(arguments, "Oy*ppy*y*y*", &capsule, &tables, &goal.may_rename, &goal.is_measured, &owners,
                          &unitaries, &errors))
        return NULL;
    PyObject *result = NULL;
    Sweep *sweep = PyCapsule_GetPointer(capsule, SWEPT);
    goal.tables = tables.len ? tables.buf : NULL;
    int is_sound = !goal.tables || has_numbers(&tables, sizeof(WeylTables) / sizeof(double), sizeof(double));
    is_sound = is_sound && has_answers(&owners, &unitaries, &errors, &goal.answers);
    if (sweep && (sweep->is_spent || !is_sound)) {
        PyErr_SetString(PyExc_ValueError, "a form that was compressed before, or tables of other sizes");
    } else if (sweep) {
        Outcome outcome;
        sweep->is_spent = 1;  /* for other threads, until it is known */
        Py_BEGIN_ALLOW_THREADS
        outcome = compress(sweep, &goal);
        Py_END_ALLOW_THREADS
        sweep->is_spent = outcome != INVALID && !sweep->is_asking;
        if (outcome == NO_MEMORY)
            PyErr_NoMemory();
        else
            result = outcome == SOLVED ? compressed_of(sweep) : outcome == STOPPED ? asked_of(sweep) : Py_NewRef(Py_False);
    }
    release_buffers(&tables, &owners, &unitaries, &errors, (Py_buffer *)NULL);
    return result;
}

/* The functions of the module that choose windows of programs and replace them. */
#include "bindings.h"

#include "windows.h"

const char collect_text[] = PyDoc_STR(
    "collect(where, taken, start, gates, wires)\n--\n\n"
    "The places of the entries that can be brought together at `start`, up to so many two-qubit gates on so many wires; the\n"
    "mask of their wires, and the number of the gates. If these are two or more, the entries are marked in `taken`.");

PyObject *collect_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer where, taken;
    long long start, gates;
    int wires;
    if (!PyArg_ParseTuple(arguments, "y*w*LLi", &where, &taken, &start, &gates, &wires))
        return NULL;
    PyObject *result = NULL;
    Collected found = {.gates = 0};
    const Limit limit = {gates, wires};
    if (!has_numbers(&where, (size_t)taken.len, sizeof(Word)) || taken.len > INT32_MAX || start < 0 || start >= taken.len
        || gates < 1 || gates > INT32_MAX)
        PyErr_SetString(PyExc_ValueError, "a start that is not there, no gate, or buffers of other sizes");
    else if (collect(where.buf, taken.buf, taken.len, start, &limit, &found))
        result = Py_BuildValue("NKL", bytes_of(&found.places), (unsigned long long)found.wires, (long long)found.gates);
    else
        PyErr_NoMemory();
    free(found.places.items);
    release_buffers(&where, &taken, (Py_buffer *)NULL);
    return result;
}

const char improve_text[] = PyDoc_STR(
    "improve(width, strings, angles, outputs, neglected, windows, places, wires, styles, seeds, tries, logs, cliffords,\n"
    "        locals, renames, noise)\n--\n\n"
    "For each of `renames` the program with its windows replaced by their shortest syntheses, whose wires may be renamed if\n"
    "it is 1: strings, angles, outputs, two-qubit gates and the rounding neglected; then the work, five numbers. A window\n"
    "is the numbers of its places and wires, its bound, and 1 if it is flipped plus 2 if it is reduced.");

enum { WINDOW = 4 };

/* The buffers that a call holds. */
typedef struct {
    Py_buffer strings, angles, outputs, windows, places, wires, styles, seeds, logs, cliffords, locals, renames;
} Buffers;

static int is_between(int32_t number, int64_t least, int64_t most) {
    return number >= least && number <= most;
}

/* Whether the entries of a window are those of the program, and on its wires alone. */
static int is_inside(const Program *program, const Window *window) {
    Word seen = 0;
    if (!is_between(window->width, 1, program->width) || window->count < 1)
        return 0;
    for (int k = 0; k < window->width; k++) {
        if (!is_between(window->wires[k], 0, program->width - 1) || seen >> window->wires[k] & 1)
            return 0;
        seen |= (Word)1 << window->wires[k];
    }
    for (int64_t k = 0; k < window->count; k++) {
        if (!is_between(window->places[k], 0, program->count - 1))
            return 0;
        const Rotation *rotation = &program->rotations[window->places[k]];
        if ((rotation->x | rotation->z) & ~seen)
            return 0;
    }
    return 1;
}

/* Reads the windows from their numbers; whether all are sound. */
static int has_windows(const Buffers *given, const Program *program, Window *windows, int64_t count) {
    const int32_t *numbers = given->windows.buf, *places = given->places.buf, *wires = given->wires.buf;
    int64_t place_count = given->places.len / 4, wire_count = given->wires.len / 4;
    for (int64_t k = 0; k < count; k++, numbers += WINDOW) {
        if (!is_between(numbers[0], 1, place_count) || !is_between(numbers[1], 1, wire_count))
            return 0;
        windows[k] = (Window){.places = places, .wires = wires, .count = numbers[0], .width = numbers[1],
                              .bound = numbers[2], .is_flipped = numbers[3] & 1, .is_reduced = numbers[3] >> 1 & 1};
        places += numbers[0];
        wires += numbers[1];
        place_count -= numbers[0];
        wire_count -= numbers[1];
        if (!is_inside(program, &windows[k]))
            return 0;
    }
    return !place_count && !wire_count;
}

/* Whether all numbers of the table are letters, signs, Cliffords and turns. */
static int has_locals(const Py_buffer *locals) {
    if (!has_numbers(locals, LOCALS * LOCAL_NUMBERS, sizeof(int32_t)))
        return 0;
    for (int number = 0; number < LOCALS; number++) {
        const int32_t *own = (const int32_t *)locals->buf + LOCAL_NUMBERS * number;
        for (int k = 0; k < LOCAL_NUMBERS; k++) {
            int is_letter = k < 3 || (k > 15 && k % 2 == 0), is_sign = k > 2 && k < 6, is_clifford = k > 5 && k < 15;
            if ((is_letter && !is_between(own[k], k < 3, 3)) || (is_sign && own[k] * own[k] != 1)
                || (is_clifford && !is_between(own[k], 0, LOCALS - 1)) || (k == 15 && !is_between(own[k], 0, TURNS)))
                return 0;
        }
    }
    return 1;
}

/* Whether the tables and the lists have the sizes that the round reads. */
static int has_tables(const Buffers *given, const Program *program, int64_t windows, int tries) {
    size_t styles = (size_t)given->styles.len / sizeof(Style), renames = (size_t)given->renames.len;
    if (!has_numbers(&given->styles, styles * (sizeof(Style) / sizeof(int64_t)), sizeof(int64_t)) || !styles
        || tries < 1 || tries > 1 << 20 || renames < 1 || renames > 2)
        return 0;
    if (!has_numbers(&given->seeds, (size_t)windows * (size_t)tries, sizeof(uint64_t))
        || !has_numbers(&given->logs, 2 * (size_t)program->width + 2, sizeof(int32_t))
        || !has_numbers(&given->cliffords, CLIFFORD_KEYS * CLIFFORD, sizeof(int32_t)))
        return 0;
    for (int k = 0; k < CLIFFORD_KEYS * CLIFFORD; k++)
        if (!is_between(((const int32_t *)given->cliffords.buf)[k], 0, TURNS))
            return 0;
    return has_locals(&given->locals);
}

static PyObject *improved_of(const Improved *result) {
    const Program *program = &result->program;
    const List outputs = {program->outputs, program->width, program->width};
    PyObject *strings = PyBytes_FromStringAndSize(NULL, 16 * (Py_ssize_t)program->count);
    PyObject *angles = PyBytes_FromStringAndSize(NULL, 8 * (Py_ssize_t)program->count);
    long long gates = 0;
    if (!strings || !angles) {
        Py_XDECREF(strings);
        Py_XDECREF(angles);
        return NULL;
    }
    Word *string = (Word *)PyBytes_AsString(strings);
    double *angle = (double *)PyBytes_AsString(angles);
    for (int64_t k = 0; k < program->count; k++) {
        *string++ = program->rotations[k].x;
        *string++ = program->rotations[k].z;
        angle[k] = program->rotations[k].angle;
        gates += !is_single(program->rotations[k].x | program->rotations[k].z);
    }
    return Py_BuildValue("NNNLd", strings, angles, bytes_of(&outputs), gates, result->neglected);
}

/* Runs a round on sound arguments. */
static PyObject *results_of(Round *round, const Py_buffer *renames, double neglected) {
    Improved results[2] = {{.neglected = neglected}, {.neglected = neglected}};
    int count = (int)renames->len;
    Outcome outcome;
    for (int k = 0; k < count; k++)
        results[k].may_rename = ((const char *)renames->buf)[k] != 0;
    Py_BEGIN_ALLOW_THREADS
    outcome = improve(round, results, count);
    Py_END_ALLOW_THREADS
    PyObject *list = outcome == SOLVED ? PyList_New(0) : PyErr_NoMemory();
    for (int k = 0; k < count; k++) {
        PyObject *item = list ? improved_of(&results[k]) : NULL;
        if (list && (!item || PyList_Append(list, item) < 0))
            Py_CLEAR(list);
        Py_XDECREF(item);
        release_program(&results[k].program);
    }
    const Work *work = &round->work;
    return list ? Py_BuildValue("N(LLLLL)", list, (long long)work->tries, (long long)work->steps, (long long)work->scores,
                                (long long)work->sums, (long long)work->entries)
                : NULL;
}

PyObject *improve_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Buffers given;
    Program program = {.count = 0};
    int tries;
    double neglected, noise;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*dy*y*y*y*y*iy*y*y*y*d", &program.width, &given.strings, &given.angles,
                          &given.outputs, &neglected, &given.windows, &given.places, &given.wires, &given.styles,
                          &given.seeds, &tries, &given.logs, &given.cliffords, &given.locals, &given.renames, &noise))
        return NULL;
    PyObject *result = NULL;
    int64_t count = given.windows.len / (WINDOW * 4);
    Window *windows = calloc((size_t)count + 1, sizeof *windows);
    if (!windows)
        PyErr_NoMemory();
    else if (has_program(&given.strings, &given.angles, 2, &program) && has_outputs(&given.outputs, &program)
             && has_numbers(&given.windows, (size_t)count * WINDOW, sizeof(int32_t))
             && has_numbers(&given.places, (size_t)given.places.len / 4, sizeof(int32_t))
             && has_numbers(&given.wires, (size_t)given.wires.len / 4, sizeof(int32_t))
             && has_tables(&given, &program, count, tries) && has_windows(&given, &program, windows, count)) {
        Round round = {.given = &program, .windows = windows, .count = count, .styles = given.styles.buf,
                       .style_count = given.styles.len / (Py_ssize_t)sizeof(Style), .seeds = given.seeds.buf,
                       .tries = tries, .logs = given.logs.buf, .cliffords = given.cliffords.buf,
                       .locals = given.locals.buf, .noise = noise};
        result = results_of(&round, &given.renames, neglected);
    } else {
        PyErr_SetString(PyExc_ValueError, "windows of other entries or wires, or buffers of other sizes");
    }
    free(windows);
    release_program(&program);
    release_buffers(&given.strings, &given.angles, &given.outputs, &given.windows, &given.places, &given.wires,
                    &given.styles, &given.seeds, &given.logs, &given.cliffords, &given.locals, &given.renames,
                    (Py_buffer *)NULL);
    return result;
}

/* The functions of the module that take programs of Pauli rotations by numbers. */
#include "bindings.h"

#include "programs.h"

/* --- programs of rotations ---------------------------------------------------------------------------------------- */

const char program_form_text[] = PyDoc_STR(
    "program_form(width, strings, angles, limits, neglected)\n--\n\n"
    "The interaction form of rotations about strings on one or two wires: its wires, numbers, the same where 0 is never\n"
    "negative, and ends; the rounding neglected.");
const char solution_form_text[] = PyDoc_STR(
    "solution_form(width, events, moves, qubits, angles, cliffords, is_inverse, limits, neglected)\n--\n\n"
    "The steps of a synthesis, or their inverse, as a program: the wire on which each qubit is read, the strings on two\n"
    "wires, and how many of them a measurement does not see; then its interaction form, as `program_form` has it.");

static PyObject *form_parts(const NumericForm *form) {
    return Py_BuildValue("NNNNd", bytes_of(&form->wires), bytes_of_doubles(form->values.items, form->values.count),
                         plain_bytes(form->values.items, form->values.count),
                         bytes_of_doubles((const double *)form->ends, 4 * (int64_t)form->width), form->neglected);
}

void release_numeric_form(NumericForm *form) {
    Sweep sweep = {.form = *form};
    release_sweep(&sweep);
}

static PyObject *form_of_program(const Program *program, const Limits *limits, double neglected) {
    NumericForm form = {.width = program->width, .limits = *limits, .neglected = neglected};
    PyObject *result = write_form(program, &form) == SOLVED ? form_parts(&form) : PyErr_NoMemory();
    release_numeric_form(&form);
    return result;
}

int has_program(const Py_buffer *strings, const Py_buffer *angles, int most, Program *program) {
    size_t count = (size_t)angles->len / sizeof(double);
    if (program->width < 1 || program->width > 64 || !has_numbers(angles, count, sizeof(double))
        || !has_numbers(strings, 2 * count, sizeof(Word)))
        return 0;
    Word outside = program->width < 64 ? ~(Word)0 << program->width : 0;
    program->rotations = malloc((count + 1) * sizeof *program->rotations);
    int is_sound = program->rotations != NULL;
    for (size_t k = 0; k < count && is_sound; k++) {
        const Word *own = (const Word *)strings->buf + 2 * k;
        double angle = ((const double *)angles->buf)[k];
        Word where = own[0] | own[1];  /* only folding takes rotations about the identity */
        is_sound = !(where & outside) && (int)ones(where) <= most && (where || most > 2) && angle < 1e9 && angle > -1e9;
        program->rotations[k] = (Rotation){own[0], own[1], angle};
    }
    program->count = (int64_t)count;
    return is_sound;
}

PyObject *program_form_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer strings, angles, limits;
    Program program = {.count = 0};
    double neglected;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*d", &program.width, &strings, &angles, &limits, &neglected))
        return NULL;
    PyObject *result = NULL;
    if (has_program(&strings, &angles, 2, &program) && has_numbers(&limits, sizeof(Limits) / sizeof(double), sizeof(double)))
        result = form_of_program(&program, limits.buf, neglected);
    else
        PyErr_SetString(PyExc_ValueError, "rotations about other strings, or on wires that are not there");
    release_program(&program);
    release_buffers(&strings, &angles, &limits, (Py_buffer *)NULL);
    return result;
}

/* The strings on two wires, in order. */
static PyObject *pairs_of(const Program *program) {
    Word *strings = malloc((size_t)(2 * program->count + 1) * sizeof *strings);
    Py_ssize_t count = 0;
    if (!strings)
        return PyErr_NoMemory();
    for (int64_t k = 0; k < program->count; k++) {
        const Rotation *own = &program->rotations[k];
        if (!is_single(own->x | own->z)) {
            strings[count++] = own->x;
            strings[count++] = own->z;
        }
    }
    PyObject *result = PyBytes_FromStringAndSize((const char *)strings, count * (Py_ssize_t)sizeof *strings);
    free(strings);
    return result;
}

static PyObject *solution_form_of(const Steps *steps, int is_inverse, Program *program, const Limits *limits,
                                  double neglected) {
    if (write_program(steps, is_inverse, program) != SOLVED)
        return PyErr_NoMemory();
    const List outputs = {program->outputs, program->width, program->width};
    return Py_BuildValue("NNLN", bytes_of(&outputs), pairs_of(program),
                         (long long)unseen_rotations(program, limits->noise),
                         form_of_program(program, limits, neglected));
}

PyObject *solution_form_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer events, moves, qubits, angles, cliffords, limits;
    Program program = {.count = 0};
    int is_inverse;
    double neglected;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*y*py*d", &program.width, &events, &moves, &qubits, &angles, &cliffords,
                          &is_inverse, &limits, &neglected))
        return NULL;
    PyObject *result = NULL;
    size_t rows = (size_t)angles.len / sizeof(double);
    Steps steps = {events.buf, moves.buf, qubits.buf, events.len / (EVENT * 4), moves.len / 8, (int64_t)rows, angles.buf,
                   cliffords.buf};
    int width = program.width, is_sound = width > 0 && width <= 64;
    is_sound = is_sound && has_numbers(&events, (size_t)steps.event_count * EVENT, sizeof(int32_t))
               && has_numbers(&moves, 2 * (size_t)steps.move_count, sizeof(int32_t))
               && has_numbers(&qubits, (size_t)width * QUBIT, sizeof(int32_t)) && has_numbers(&angles, rows, sizeof(double))
               && has_numbers(&cliffords, CLIFFORD_KEYS * CLIFFORD, sizeof(int32_t))
               && has_numbers(&limits, sizeof(Limits) / sizeof(double), sizeof(double));
    for (size_t k = 0; k < rows && is_sound; k++)
        is_sound = steps.angles[k] < 1e9 && steps.angles[k] > -1e9;
    if (is_sound && are_whole(&steps, width))
        result = solution_form_of(&steps, is_inverse, &program, limits.buf, neglected);
    else
        PyErr_SetString(PyExc_ValueError, "steps on wires that are not there, or buffers of other sizes");
    release_program(&program);
    release_buffers(&events, &moves, &qubits, &angles, &cliffords, &limits, (Py_buffer *)NULL);
    return result;
}

/* --- folding ------------------------------------------------------------------------------------------------------- */

const char fold_text[] = PyDoc_STR(
    "fold(width, strings, angles, outputs, is_reduced, is_once, noise)\n--\n\n"
    "The rotations that are not Clifford, merged, and the images of the Clifford that follows them: the strings of both, the\n"
    "angles, the images' powers of i and whether they are negative; and the rounding neglected.");
const char invert_text[] = PyDoc_STR(
    "invert(width, strings, angles, powers)\n--\n\n"
    "The inverse of rotations and a Clifford, both as `fold` returns them, without a rounding.");

int has_outputs(const Py_buffer *outputs, Program *program) {
    int width = program->width;
    if (!has_numbers(outputs, (size_t)width, sizeof(int32_t)))
        return 0;
    program->outputs = malloc((size_t)width * sizeof *program->outputs);
    int is_sound = program->outputs != NULL;
    for (int qubit = 0; qubit < width && is_sound; qubit++) {
        int32_t wire = program->outputs[qubit] = ((const int32_t *)outputs->buf)[qubit];
        is_sound = wire >= 0 && wire < width;
    }
    return is_sound;
}

/* The strings, angles, powers and signs of a folded program. */
static PyObject *folded_of(const Folded *folded) {
    Py_ssize_t count = (Py_ssize_t)folded->program.count, rows = 2 * (Py_ssize_t)folded->program.width;
    PyObject *strings = PyBytes_FromStringAndSize(NULL, 16 * (count + rows));
    PyObject *angles = PyBytes_FromStringAndSize(NULL, 8 * count);
    PyObject *powers = PyBytes_FromStringAndSize(NULL, 4 * rows), *signs = PyBytes_FromStringAndSize(NULL, rows);
    if (strings && angles && powers && signs) {
        Word *string = (Word *)PyBytes_AsString(strings);
        double *angle = (double *)PyBytes_AsString(angles);
        int32_t *power = (int32_t *)PyBytes_AsString(powers);
        for (Py_ssize_t k = 0; k < count; k++) {
            const Rotation *own = &folded->program.rotations[k];
            *string++ = own->x;
            *string++ = own->z;
            angle[k] = own->angle;
        }
        for (Py_ssize_t k = 0; k < rows; k++) {
            *string++ = folded->images[k].x;
            *string++ = folded->images[k].z;
            power[k] = folded->images[k].p;
            PyBytes_AsString(signs)[k] = (char)is_negative(folded->images[k]);
        }
        return Py_BuildValue("NNNN", strings, angles, powers, signs);
    }
    Py_XDECREF(strings);
    Py_XDECREF(angles);
    Py_XDECREF(powers);
    Py_XDECREF(signs);
    return NULL;
}

PyObject *fold_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer strings, angles, outputs;
    Folded folded = {.program = {.count = 0}};
    Program *program = &folded.program;
    int is_reduced, is_once;
    double noise, neglected = 0;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*ppd", &program->width, &strings, &angles, &outputs, &is_reduced, &is_once,
                          &noise))
        return NULL;
    PyObject *result = NULL;
    if (has_program(&strings, &angles, 64, program) && has_outputs(&outputs, program)) {
        if (fold_program(program, is_reduced, is_once, noise, folded.images, &neglected) == SOLVED)
            result = Py_BuildValue("Nd", folded_of(&folded), neglected);
        else
            PyErr_NoMemory();
    } else {
        PyErr_SetString(PyExc_ValueError, "rotations about other strings, or on wires that are not there");
    }
    release_program(program);
    release_buffers(&strings, &angles, &outputs, (Py_buffer *)NULL);
    return result;
}

/* Reads the images of a Clifford; whether they are strings on these wires. */
static int has_images(const Word *strings, const Py_buffer *powers, Folded *folded) {
    int width = folded->program.width;
    Word outside = width < 64 ? ~(Word)0 << width : 0;
    if (!has_numbers(powers, 2 * (size_t)width, sizeof(int32_t)))
        return 0;
    for (int row = 0; row < 2 * width; row++) {
        folded->images[row] = (Image){strings[2 * row], strings[2 * row + 1], ((const int32_t *)powers->buf)[row] & 3};
        if ((strings[2 * row] | strings[2 * row + 1]) & outside)
            return 0;
    }
    return 1;
}

PyObject *invert_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer strings, angles, powers;
    Folded given = {.program = {.count = 0}}, inverse = {.program = {.count = 0}};
    if (!PyArg_ParseTuple(arguments, "iy*y*y*", &given.program.width, &strings, &angles, &powers))
        return NULL;
    PyObject *result = NULL;
    Py_buffer own = strings;  /* of the rotations alone */
    int width = inverse.program.width = given.program.width;
    own.len = width < 1 || width > 64 ? -1 : strings.len - 32 * (Py_ssize_t)width;
    if (own.len >= 0 && has_program(&own, &angles, 64, &given.program)
        && has_images((const Word *)strings.buf + own.len / 8, &powers, &given))
        result = invert_folded(&given, &inverse) ? folded_of(&inverse) : PyErr_NoMemory();
    else
        PyErr_SetString(PyExc_ValueError, "rotations about other strings, or on wires that are not there");
    release_program(&given.program);
    release_program(&inverse.program);
    release_buffers(&strings, &angles, &powers, (Py_buffer *)NULL);
    return result;
}

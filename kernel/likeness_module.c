/* The functions of the module that compare three-qubit unitaries. */
#include "bindings.h"

#include <string.h>

#include "likeness.h"

const char frames_text[] = PyDoc_STR(
    "frames(unitary, axes)\n--\n\nThe frames of a unitary's wires; `axes` are two of each wire, as numbers.");
const char likeness_text[] = PyDoc_STR(
    "likeness(unitary, frames, standard, frames_of_standard)\n--\n\n"
    "The turns before and after a standard unitary that make another one of it, or None.");
const char compare_text[] = PyDoc_STR(
    "compare(unitary, pairs, values)\n--\n\n"
    "The phase of a product of interactions, then a turn of each wire, for a unitary, and the distance that is left.");

/* Reads a matrix that is there row by row; whether it is one. */
static int has_matrix(const Py_buffer *buffer, Matrix *matrix) {
    if (!has_numbers(buffer, 2 * ENTRIES, sizeof(double)))
        return 0;
    const double *numbers = buffer->buf;
    for (int row = 0; row < SIZE; row++)
        for (int column = 0; column < SIZE; column++) {
            matrix->re[column][row] = *numbers++;
            matrix->im[column][row] = *numbers++;
        }
    return 1;
}

static int has_frames(const Py_buffer *buffer) {
    if (!has_numbers(buffer, sizeof(Frames) / sizeof(double), sizeof(double)))
        return 0;
    const Frames *frames = buffer->buf;
    for (int wire = 0; wire < WIRES; wire++)
        if (frames->kinds[wire] < 0 || frames->kinds[wire] >= KINDS)
            return 0;
    return 1;
}

PyObject *frames_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer unitary, axes;
    Matrix matrix;
    if (!PyArg_ParseTuple(arguments, "y*y*", &unitary, &axes))
        return NULL;
    PyObject *result = NULL;
    if (has_matrix(&unitary, &matrix) && has_numbers(&axes, 6 * WIRES, sizeof(double))) {
        Vector vectors[WIRES][2];
        Frames frames = {.kinds = {0}};
        for (int k = 0; k < 2 * WIRES; k++)
            vectors[k / 2][k % 2] = vector_at((const double *)axes.buf + 3 * k);
        write_frames(&matrix, (const Vector(*)[2])vectors, &frames);
        result = PyBytes_FromStringAndSize((const char *)&frames, sizeof frames);
    } else {
        PyErr_SetString(PyExc_ValueError, "not a matrix on three wires, or not two axes of each");
    }
    release_buffers(&unitary, &axes, (Py_buffer *)NULL);
    return result;
}

PyObject *likeness_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer unitary, own, standard, theirs;
    Matrix matrix, other;
    if (!PyArg_ParseTuple(arguments, "y*y*y*y*", &unitary, &own, &standard, &theirs))
        return NULL;
    PyObject *result = NULL;
    if (has_matrix(&unitary, &matrix) && has_matrix(&standard, &other) && has_frames(&own) && has_frames(&theirs)) {
        Turn turns[2 * WIRES];
        if (write_likeness(&matrix, own.buf, &other, theirs.buf, turns, turns + WIRES))
            result = bytes_of_doubles((const double *)turns, 8 * WIRES);
        else
            result = Py_NewRef(Py_None);
    } else {
        PyErr_SetString(PyExc_ValueError, "not matrices on three wires, or not their frames");
    }
    release_buffers(&unitary, &own, &standard, &theirs, (Py_buffer *)NULL);
    return result;
}

PyObject *compare_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer unitary, pairs, values;
    Matrix matrix, whole;
    if (!PyArg_ParseTuple(arguments, "y*y*y*", &unitary, &pairs, &values))
        return NULL;
    PyObject *result = NULL;
    size_t length = (size_t)pairs.len / sizeof(int32_t);
    if (length <= LONGEST && has_matrix(&unitary, &matrix) && has_numbers(&pairs, length, sizeof(int32_t))
        && has_numbers(&values, VALUES * length + 4 * WIRES, sizeof(double)) && are_pairs(pairs.buf, length)) {
        const double *u = values.buf, *rest = u + VALUES * length;
        Turn turns[WIRES];
        double phase;
        product_of_interactions((int)length, pairs.buf, u, u + 3 * length, u + 6 * length, &whole);
        memcpy(turns, rest, sizeof turns);
        double distance = distance_after(&matrix, &whole, turns, &phase);
        result = Py_BuildValue("dd", phase, distance);
    } else {
        PyErr_SetString(PyExc_ValueError, "not a matrix on three wires, or no pairs with their values");
    }
    release_buffers(&unitary, &pairs, &values, (Py_buffer *)NULL);
    return result;
}

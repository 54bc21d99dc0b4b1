/* The Python module ionqdsl._kernel: one function, over the part of the interface that all Pythons from 3.11 on share. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string.h>

#include "synthesis.h"

PyDoc_STRVAR(solve_text,
             "solve(wires, rows, minus, logs, style, bound, seed)\n--\n\n"
             "The events, moves and qubits as bytes of 32-bit numbers, or None in their place if there are more two-qubit\n"
             "gates than the bound; then these gates, and the steps, scores and sums of the work.");

static PyObject *bytes_of(const List *list) {
    return PyBytes_FromStringAndSize((const char *)list->items, (Py_ssize_t)list->count * (Py_ssize_t)sizeof(int32_t));
}

static PyObject *result_of(Outcome outcome, const Solution *solution) {
    long long gates = solution->gates, steps = solution->steps, scores = solution->scores, sums = solution->sums;
    if (outcome == NO_MEMORY)
        return PyErr_NoMemory();
    if (outcome == INVALID) {
        PyErr_SetString(PyExc_ValueError, "a rotation about the identity, or images that are no Clifford's");
        return NULL;
    }
    if (outcome == STOPPED)
        return Py_BuildValue("OOOLLLL", Py_None, Py_None, Py_None, gates, steps, scores, sums);
    PyObject *events = bytes_of(&solution->events), *moves = bytes_of(&solution->moves);
    PyObject *qubits = bytes_of(&solution->qubits), *result = NULL;
    if (events && moves && qubits)
        result = Py_BuildValue("OOOLLLL", events, moves, qubits, gates, steps, scores, sums);
    Py_XDECREF(events);
    Py_XDECREF(moves);
    Py_XDECREF(qubits);
    return result;
}

/* Whether the buffers have the sizes that the number of wires asks for and stand where words may stand, and no string
 * has a letter on another wire. */
static int is_sound(int wires, const Py_buffer *rows, const Py_buffer *minus, const Py_buffer *logs,
                    const Py_buffer *style, Py_ssize_t *count) {
    if (wires < 1 || wires > 1 << 20)
        return 0;
    Py_ssize_t size = (wires + 63) / 64;
    *count = rows->len / (16 * size) - 2 * (Py_ssize_t)wires;
    if (*count < 0 || *count > 1 << 28 || rows->len % (16 * size) || minus->len != 2 * (Py_ssize_t)wires)
        return 0;
    if (logs->len != (2 * (Py_ssize_t)wires + 2) * (Py_ssize_t)sizeof(int32_t) || style->len != (Py_ssize_t)sizeof(Style))
        return 0;
    if ((uintptr_t)rows->buf % sizeof(Word) || (uintptr_t)logs->buf % sizeof(int32_t))
        return 0;
    const Word *words = rows->buf;
    Word outside = wires % 64 ? ~(Word)0 << wires % 64 : 0;
    for (Py_ssize_t last = size - 1; last < rows->len / 8; last += size)
        if (words[last] & outside)
            return 0;
    return 1;
}

static PyObject *solve_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer rows, minus, logs, style;
    int wires;
    long long bound;
    unsigned long long seed;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*LK", &wires, &rows, &minus, &logs, &style, &bound, &seed))
        return NULL;
    PyObject *result = NULL;
    Py_ssize_t count;
    if (is_sound(wires, &rows, &minus, &logs, &style, &count)) {
        Problem problem = {.wires = wires, .rotations = (int)count, .rows = rows.buf, .minus = minus.buf,
                           .logs = logs.buf, .bound = bound, .seed = seed};
        Solution solution = {.steps = 0};
        memcpy(&problem.style, style.buf, sizeof problem.style);
        Outcome outcome;
        Py_BEGIN_ALLOW_THREADS
        outcome = solve(&problem, &solution);
        Py_END_ALLOW_THREADS
        result = result_of(outcome, &solution);
        release(&solution);
    } else {
        PyErr_SetString(PyExc_ValueError, "buffers of other sizes than the wires ask for");
    }
    PyBuffer_Release(&rows);
    PyBuffer_Release(&minus);
    PyBuffer_Release(&logs);
    PyBuffer_Release(&style);
    return result;
}

static PyMethodDef methods[] = {{"solve", solve_in_python, METH_VARARGS, solve_text}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "ionqdsl._kernel", "Pauli synthesis, compiled.", 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void) {
    return PyModuleDef_Init(&definition);
}

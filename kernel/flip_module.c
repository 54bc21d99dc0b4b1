/* The part of the binding that gathers flips of networks. */
#include "bindings.h"
#include "flips.h"

#include <string.h>

enum { COUNTS = 65 };  /* numbers of controls */

const char gather_text[] = PyDoc_STR(
             "gather(gates, plain, relative, gathers, least)\n--\n\n"
             "The gates with pairs of flips taken out, if it `gathers`, and with flips under at least so many controls\n"
             "joined; each as four 64-bit numbers. The costs are by the number of controls, from 0 to 64.");

static int is_sound(const MaskedGate *step) {
    return !is_flip(step)
           || (step->target && !(step->target & (step->target - 1)) && !(step->target & step->controls)
               && !(step->values & ~step->controls));
}

static int has_gates(const Py_buffer *buffer, MaskedGates *gates) {
    gates->count = gates->room = buffer->len / (Py_ssize_t)sizeof(MaskedGate);
    if (!has_numbers(buffer, 4 * (size_t)gates->count, sizeof(Word)))
        return 0;
    const MaskedGate *items = buffer->buf;
    for (int64_t k = 0; k < gates->count; k++)
        if (!is_sound(&items[k]))
            return 0;
    return 1;
}

PyObject *gather_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer buffer, plain, relative;
    int gathers, least;
    if (!PyArg_ParseTuple(arguments, "y*y*y*pi", &buffer, &plain, &relative, &gathers, &least))
        return NULL;
    PyObject *result = NULL;
    MaskedGates gates = {0};
    if (has_gates(&buffer, &gates) && has_numbers(&plain, COUNTS, sizeof(int64_t))
        && has_numbers(&relative, COUNTS, sizeof(int64_t))) {
        FlipCosts costs = {plain.buf, relative.buf};
        Outcome outcome = NO_MEMORY;
        gates.items = malloc(((size_t)gates.count + 1) * sizeof(MaskedGate));
        Py_BEGIN_ALLOW_THREADS
        if (gates.items) {
            memcpy(gates.items, buffer.buf, (size_t)buffer.len);
            outcome = gathers ? gather_flips(&gates, &costs) : SOLVED;
            outcome = outcome == SOLVED ? join_flips(&gates, &costs, least) : outcome;
        }
        Py_END_ALLOW_THREADS
        if (outcome == SOLVED)
            result = PyBytes_FromStringAndSize((const char *)gates.items, gates.count * (Py_ssize_t)sizeof(MaskedGate));
        else
            PyErr_NoMemory();
        free(gates.items);
    } else {
        PyErr_SetString(PyExc_ValueError, "not gates by masks, or not 65 costs each");
    }
    release_buffers(&buffer, &plain, &relative, (Py_buffer *)NULL);
    return result;
}

/* The part of the binding that leaves out gates of networks, finds Toffolis in them and delays their flips. */
#include "bindings.h"
#include "delays.h"
#include "tidy.h"
#include "toffolis.h"

#include <string.h>

const char tidy_text[] = PyDoc_STR(
             "tidy(gates, joins, reads)\n--\n\n"
             "The gates that are left, as their numbers or, of those that are new, as ~ of the numbers of others that\n"
             "they are made of; the new ones; and the global phase that all lack, in eighths of a turn. A gate is its\n"
             "kind, its eighths, the number of its wires and these (int32 each).");

const char find_toffolis_text[] = PyDoc_STR(
             "find_toffolis(gates, reads)\n--\n\n"
             "The same for the gates with Toffolis in place of eighth turns, or None if there are none. The gates are\n"
             "tidied before, if it `reads`. New ones may be made of no gate: ~ of the number of all gates.");

const char delay_text[] = PyDoc_STR(
             "delay(gates, keeps_controls)\n--\n\n"
             "The same for the gates with flips as late as possible, or None if there are more than 63 wires or\n"
             "a gate has one twice.");

/* Reads a gate that starts at a number; where it ends, -1 if it is none. */
static int64_t read_gate(const int32_t *numbers, int64_t count, int64_t start, TidyGate *gate) {
    if (count - start < NUMBERS || numbers[start + 2] < 0 || numbers[start + 2] > count - start - NUMBERS)
        return -1;
    *gate = (TidyGate){.kind = numbers[start], .eighths = numbers[start + 1], .count = numbers[start + 2]};
    int is_known = gate->kind >= HADAMARD && gate->kind <= TURN && gate->eighths >= 0 && gate->eighths < EIGHTHS;
    int is_sound = gate->kind == HADAMARD ? gate->count == 1
                   : gate->kind == SWAP ? gate->count == 2
                   : gate->kind == REST || gate->count > (gate->kind == SIGN);
    for (int64_t k = 0; k < gate->count; k++) {
        int32_t wire = numbers[start + NUMBERS + k];
        is_sound = is_sound && (gate->kind == REST || wire >= 0) && wire != INT32_MAX && wire != INT32_MIN;
    }
    return is_known && is_sound ? start + NUMBERS + gate->count : -1;
}

/* Reads all gates, and the number of wires that there are at least; whether all are gates. */
static int has_network(const Py_buffer *buffer, Tidy *source, int32_t *width) {
    const int32_t *numbers = buffer->buf;
    int64_t count = buffer->len / (Py_ssize_t)sizeof *numbers, start = 0;
    while (start < count && source->outcome == SOLVED) {
        TidyGate gate, *gates = with_room(source->gates, source->count, &source->room, sizeof gate);
        int64_t end = read_gate(numbers, count, start, &gate);
        if (end < 0 || source->count == INT32_MAX)
            return 0;
        source->outcome = gates ? SOLVED : NO_MEMORY;
        if (gates)
            source->gates = gates;
        gate.start = source->wires.count;
        for (start += NUMBERS; start < end && source->outcome == SOLVED; start++) {
            int32_t wire = numbers[start] < 0 ? ~numbers[start] : numbers[start];
            *width = wire >= *width ? wire + 1 : *width;
            source->outcome = append(&source->wires, numbers[start]) ? SOLVED : NO_MEMORY;
        }
        gate.source = (int32_t)source->count;
        if (gates)
            gates[source->count++] = gate;
    }
    return 1;
}

/* Writes the gates that are left and the new ones; whether there was memory. */
static int write_left(const Tidy *tidy, List *left, List *new) {
    for (int64_t k = 0; k < tidy->count; k++) {
        const TidyGate *gate = &tidy->gates[k];
        if (gate->kind == GONE)
            continue;
        if (!append(left, gate->is_new ? ~gate->source : gate->source))
            return 0;
        if (!gate->is_new)
            continue;
        if (!append(new, gate->kind) || !append(new, gate->eighths) || !append(new, (int32_t)gate->count))
            return 0;
        for (int64_t wire = 0; wire < gate->count; wire++)
            if (!append(new, tidy->wires.items[gate->start + wire]))
                return 0;
    }
    return 1;
}

/* The gates that are left, as they are written. */
static PyObject *left_of(const Tidy *tidy, int64_t eighths) {
    List left = {0}, new = {0};
    PyObject *result = NULL;
    if (write_left(tidy, &left, &new))
        result = Py_BuildValue("(NNL)", bytes_of(&left), bytes_of(&new), (long long)eighths);
    else
        PyErr_NoMemory();
    free(left.items);
    free(new.items);
    return result;
}

/* Reads a network of which the memory is to be released; raises an error if it is none. */
static int is_network(Py_buffer *buffer, Tidy *source, int32_t *width) {
    int is_sound = has_numbers(buffer, (size_t)buffer->len / sizeof(int32_t), sizeof(int32_t))
                   && has_network(buffer, source, width);
    if (!is_sound)
        PyErr_SetString(PyExc_ValueError, "not gates of a network");
    else if (source->outcome != SOLVED)
        PyErr_NoMemory();
    PyBuffer_Release(buffer);
    return is_sound && source->outcome == SOLVED;
}

/* A step on a network as the caller `asks`: the network after it, and the eighths of a turn that this lacks. INVALID if
 * there is none. */
typedef Outcome (*NetworkStep)(const Tidy *source, int32_t width, const int asks[2], Tidy *left, int64_t *eighths);

static PyObject *left_by(NetworkStep step, PyObject *arguments, const char *format) {
    Py_buffer buffer;
    int asks[2] = {0};
    if (!PyArg_ParseTuple(arguments, format, &buffer, &asks[0], &asks[1]))
        return NULL;
    PyObject *result = NULL;
    Tidy source = {0}, left = {0};
    int32_t width = 0;
    if (is_network(&buffer, &source, &width)) {
        Outcome outcome;
        int64_t eighths = 0;
        Py_BEGIN_ALLOW_THREADS
        outcome = step(&source, width, asks, &left, &eighths);
        Py_END_ALLOW_THREADS
        result = outcome == SOLVED ? left_of(&left, eighths) : outcome == INVALID ? Py_NewRef(Py_None) : PyErr_NoMemory();
    }
    release_tidy(&source);
    release_tidy(&left);
    return result;
}

static Outcome tidy_step(const Tidy *source, int32_t width, const int asks[2], Tidy *left, int64_t *eighths) {
    Outcome outcome = tidy_gates(source, width, asks[0], asks[1], left);
    *eighths = left->eighths;
    return outcome;
}

PyObject *tidy_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    return left_by(tidy_step, arguments, "y*pp");
}

static Outcome toffoli_step(const Tidy *source, int32_t width, const int asks[2], Tidy *left, int64_t *eighths) {
    int is_found = 0;
    Outcome outcome = find_toffolis(source, width, asks[0], left, eighths, &is_found);
    return outcome == SOLVED && !is_found ? INVALID : outcome;
}

PyObject *find_toffolis_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    return left_by(toffoli_step, arguments, "y*p");
}

static Outcome delay_step(const Tidy *source, int32_t width, const int asks[2], Tidy *left, int64_t *eighths) {
    int64_t negated = 0;
    Outcome outcome = delay_flips(source, width, asks[0], left, &negated);
    *eighths = left->eighths + negated;
    return outcome;
}

PyObject *delay_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    return left_by(delay_step, arguments, "y*p");
}

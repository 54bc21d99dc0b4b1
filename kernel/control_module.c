/* The part of the binding that releases gates from controls. */
#include "bindings.h"
#include "controls.h"

#include <string.h>

const char release_text[] = PyDoc_STR(
             "release(kinds, rows)\n--\n\n"
             "The numbers of the rows that need a control no more, and its wires, in pairs. A kind is its axis, letter,\n"
             "controls, operands, own number, inverse and the kind with a control less; a row is its kind, the number of\n"
             "its wires and these, the controls first (int32 each).");

enum { OF_A_ROW = 2, OF_A_KIND = 7 };  /* numbers, of a row before its wires */

/* Whether each kind of gates is one, and with a control less another one. */
static int are_kinds(const ControlKind *kinds, int64_t count) {
    for (int64_t k = 0; k < count; k++) {
        const ControlKind *kind = &kinds[k];
        if (kind->letter < 0 || kind->letter > LETTER_BLOCKED || kind->controls < 0 || kind->operands < 0
            || kind->controls > INT16_MAX || kind->operands > INT16_MAX || kind->after >= count
            || (kind->controls > 0) != (kind->after >= 0))
            return 0;
        if (kind->after >= 0) {
            const ControlKind *after = &kinds[kind->after];
            if (after->controls >= kind->controls
                || after->controls + after->operands + 1 != kind->controls + kind->operands)
                return 0;
        }
    }
    return 1;
}

/* How many rows there are, -1 if they are none, and the number of wires that there are at least. */
static int64_t count_rows(const ControlKind *kinds, int64_t kind_count, const int32_t *numbers, int64_t count,
                          int32_t *width) {
    int64_t rows = 0;
    for (int64_t start = 0; start < count; rows++) {
        if (count - start < OF_A_ROW)
            return -1;
        int32_t kind = numbers[start], wires = numbers[start + 1];
        if (kind < -1 || kind >= kind_count || wires < 0 || wires > count - start - OF_A_ROW)
            return -1;
        if (kind >= 0 && wires != kinds[kind].controls + kinds[kind].operands)
            return -1;
        for (start += OF_A_ROW; wires > 0; wires--, start++) {
            if (numbers[start] < 0 || numbers[start] == INT32_MAX)
                return -1;
            *width = numbers[start] >= *width ? numbers[start] + 1 : *width;
        }
    }
    return rows <= INT32_MAX - 1 ? rows : -1;
}

static void read_rows(int32_t *numbers, int64_t count, ControlRow *rows) {
    for (int64_t start = 0; start < count; rows++) {
        *rows = (ControlRow){numbers[start], numbers[start + 1], numbers + start + OF_A_ROW};
        start += OF_A_ROW + rows->count;
    }
}

PyObject *release_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer kinds, rows;
    if (!PyArg_ParseTuple(arguments, "y*y*", &kinds, &rows))
        return NULL;
    Outcome outcome = INVALID;
    List found = {0};
    int64_t kind_count = kinds.len / (Py_ssize_t)sizeof(ControlKind), row_count = -1;
    int64_t count = rows.len / (Py_ssize_t)sizeof(int32_t);
    int32_t width = 0;
    if (has_numbers(&kinds, OF_A_KIND * (size_t)kind_count, sizeof(int32_t))
        && has_numbers(&rows, (size_t)count, sizeof(int32_t)) && count < INT32_MAX && are_kinds(kinds.buf, kind_count))
        row_count = count_rows(kinds.buf, kind_count, rows.buf, count, &width);
    if (row_count >= 0) {
        int32_t *numbers = malloc((size_t)rows.len + 1);
        ControlRow *items = malloc(((size_t)row_count + 1) * sizeof *items);
        Py_BEGIN_ALLOW_THREADS
        if (numbers && items) {
            memcpy(numbers, rows.buf, (size_t)rows.len);
            read_rows(numbers, count, items);
            outcome = release_rows(kinds.buf, items, (int32_t)row_count, width, &found);
        } else {
            outcome = NO_MEMORY;
        }
        Py_END_ALLOW_THREADS
        free(numbers);
        free(items);
    }
    PyObject *result = outcome == SOLVED ? bytes_of(&found) : NULL;
    if (outcome == NO_MEMORY)
        PyErr_NoMemory();
    else if (outcome != SOLVED)
        PyErr_SetString(PyExc_ValueError, "not rows of kinds of gates");
    free(found.items);
    release_buffers(&kinds, &rows, (Py_buffer *)NULL);
    return result;
}

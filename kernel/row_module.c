/* The functions of the module that read the rows of circuits. */
#include "bindings.h"

#include "programs.h"

enum { MANY = 1 << 28 };  /* rows, kinds and steps are fewer */

/* --- different rows ------------------------------------------------------------------------------------------------ */

const char number_rows_text[] = PyDoc_STR(
    "number_rows(rows, first)\n--\n\n"
    "The different objects of a list in the order of their first places, and for each place the number of its object, which\n"
    "are counted from `first` on.");

/* The number of an object; a new one joins the list of different ones. NONE without memory. */
static int32_t number_of_object(PyObject *object, int32_t first, Table *known, PyObject *different) {
    const int64_t key[3] = {(int64_t)(intptr_t)object, 0, 0};
    int32_t number = find(known, key);
    if (number != NONE)
        return number;
    number = first + (int32_t)known->count;
    return assign(known, key, number) && !PyList_Append(different, object) ? number : NONE;
}

PyObject *number_rows_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    PyObject *rows;
    int first;
    if (!PyArg_ParseTuple(arguments, "O!i", &PyList_Type, &rows, &first))
        return NULL;
    Py_ssize_t count = PyList_Size(rows);
    if (count >= MANY || first < 0 || first >= MANY)
        return PyErr_Format(PyExc_ValueError, "too many rows");
    PyObject *different = PyList_New(0), *places = PyBytes_FromStringAndSize(NULL, 4 * count);
    int32_t *numbers = places ? (int32_t *)PyBytes_AsString(places) : NULL;
    Table known = {.size = 0};
    int is_fine = different && numbers && resize_table(&known, 64);
    for (Py_ssize_t k = 0; k < count && is_fine; k++) {
        numbers[k] = number_of_object(PyList_GetItem(rows, k), first, &known, different);
        is_fine = numbers[k] != NONE;
    }
    release_table(&known);
    if (is_fine)
        return Py_BuildValue("NN", different, places);
    Py_XDECREF(different);
    Py_XDECREF(places);
    return PyErr_NoMemory();
}

static int are_places(const int32_t *places, int32_t count, int32_t different) {
    int is_sound = 1;
    for (int32_t k = 0; k < count; k++)
        is_sound &= places[k] >= 0 && places[k] < different;
    return is_sound;
}

/* --- forms --------------------------------------------------------------------------------------------------------- */

const char row_form_text[] = PyDoc_STR(
    "row_form(width, places, rows, parts, steps, phases)\n--\n\n"
    "The interaction form of rows by their places among different ones, these by kind, the second qubit -1 if there is\n"
    "none: its wires, numbers, the row of each interaction, ends, and the sum of phases.");

static int is_place(double number, int least) {
    return number == least || number == 0 || number == 1;
}

/* Whether all kinds have steps that are there, on qubits that are there, two different ones for an interaction. */
static int are_sound(const Rows *rows, int32_t different, int32_t kinds, int64_t steps, int width) {
    int is_sound = rows->parts[0] >= 0;
    for (int32_t kind = 0; kind < kinds && is_sound; kind++)
        is_sound = rows->parts[kind] <= rows->parts[kind + 1] && rows->parts[kind + 1] <= steps;
    for (int64_t k = 0; k < steps && is_sound; k++) {
        const Step *step = &rows->steps[k];
        is_sound = is_place(step->first, 0) && is_place(step->second, -1) && step->first != step->second;
    }
    for (int32_t row = 0; row < different && is_sound; row++) {
        const int32_t *own = rows->rows + ROW * row;
        is_sound = own[0] >= 0 && own[0] < kinds && own[1] >= 0 && own[1] < width && own[2] < width && own[1] != own[2];
        for (int32_t k = is_sound ? rows->parts[own[0]] : 0; is_sound && own[2] < 0 && k < rows->parts[own[0] + 1]; k++)
            is_sound = rows->steps[k].first == 0 && rows->steps[k].second < 0;
    }
    return is_sound && are_places(rows->places, rows->count, different);
}

PyObject *row_form_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer places, given, parts, steps, phases;
    NumericForm form = {.width = 0};
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*y*", &form.width, &places, &given, &parts, &steps, &phases))
        return NULL;
    PyObject *result = NULL;
    size_t count = (size_t)places.len / sizeof(int32_t), different = (size_t)given.len / (ROW * sizeof(int32_t));
    size_t kinds = (size_t)phases.len / sizeof(double), length = (size_t)steps.len / sizeof(Step);
    Rows rows = {(int32_t)count, places.buf, given.buf, parts.buf, steps.buf, phases.buf};
    int is_sound = form.width > 0 && count < MANY && different < MANY && kinds < MANY && length < MANY
                   && has_numbers(&places, count, sizeof(int32_t))
                   && has_numbers(&given, ROW * different, sizeof(int32_t)) && has_numbers(&phases, kinds, sizeof(double))
                   && has_numbers(&parts, kinds + 1, sizeof(int32_t)) && has_numbers(&steps, 9 * length, sizeof(double));
    if (is_sound && are_sound(&rows, (int32_t)different, (int32_t)kinds, (int64_t)length, form.width)) {
        double phase;
        result = write_rows(&rows, &form, &phase) != SOLVED ? PyErr_NoMemory()
            : Py_BuildValue("NNNNd", bytes_of(&form.wires), bytes_of_doubles(form.values.items, form.values.count),
                            bytes_of(&form.origins), bytes_of_doubles((const double *)form.ends, 4 * (int64_t)form.width),
                            phase);
        release_numeric_form(&form);
    } else {
        PyErr_SetString(PyExc_ValueError, "rows of other kinds, or on wires that are not there");
    }
    release_buffers(&places, &given, &parts, &steps, &phases, (Py_buffer *)NULL);
    return result;
}

/* --- programs ------------------------------------------------------------------------------------------------------ */

const char row_program_text[] = PyDoc_STR(
    "row_program(width, places, kinds, starts, qubits, parts, masks, angles)\n--\n\n"
    "The rotations of rows by their places among different ones, which have a kind (-1 exchanges two qubits) and qubits each,\n"
    "the kinds their rotations: two masks of places among the qubits, of X and of Z, and an angle. Strings, angles, the\n"
    "wire on which each qubit is read, and the number of rotations on several wires.");

/* Whether numbers rise from 0 to `end`. */
static int are_bounds(const int32_t *bounds, int32_t count, size_t end) {
    int is_sound = bounds[0] == 0 && (size_t)bounds[count] == end;
    for (int32_t k = 0; k < count && is_sound; k++)
        is_sound = bounds[k] <= bounds[k + 1];
    return is_sound;
}

/* Whether a row has a kind that is there, and different qubits of the width for all places of its masks. */
static int is_row(const Spreads *rows, int32_t row, int32_t kinds, int width) {
    int32_t kind = rows->kinds[row], size = rows->starts[row + 1] - rows->starts[row];
    const int32_t *qubits = rows->qubits + rows->starts[row];
    Word seen = 0;
    int is_sound = size < 64 && kind >= RENAMING && kind < kinds && (kind != RENAMING || size == 2);
    for (int32_t k = 0; k < size && is_sound; k++) {
        is_sound = qubits[k] >= 0 && qubits[k] < width && !(seen >> qubits[k] & 1);
        seen |= is_sound ? (Word)1 << qubits[k] : 0;
    }
    for (int32_t k = is_sound && kind >= 0 ? rows->parts[kind] : 0; is_sound && kind >= 0 && k < rows->parts[kind + 1]; k++)
        is_sound = !((rows->masks[2 * k] | rows->masks[2 * k + 1]) >> size);
    return is_sound;
}

static PyObject *program_parts(const Program *program) {
    PyObject *strings = PyBytes_FromStringAndSize(NULL, 16 * (Py_ssize_t)program->count);
    PyObject *angles = PyBytes_FromStringAndSize(NULL, 8 * (Py_ssize_t)program->count);
    const List outputs = {program->outputs, program->width, program->width};
    long long gates = 0;
    for (int64_t k = 0; k < program->count && strings && angles; k++) {
        const Rotation *own = &program->rotations[k];
        Word *string = (Word *)PyBytes_AsString(strings) + 2 * k;
        string[0] = own->x;
        string[1] = own->z;
        ((double *)PyBytes_AsString(angles))[k] = own->angle;
        gates += !is_single(own->x | own->z);
    }
    return Py_BuildValue("NNNL", strings, angles, bytes_of(&outputs), gates);
}

PyObject *row_program_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer places, kinds, starts, qubits, parts, masks, angles;
    Program program = {.count = 0};
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*y*y*y*", &program.width, &places, &kinds, &starts, &qubits, &parts, &masks,
                          &angles))
        return NULL;
    PyObject *result = NULL;
    size_t count = (size_t)places.len / sizeof(int32_t), different = (size_t)kinds.len / sizeof(int32_t);
    size_t ends = (size_t)parts.len / sizeof(int32_t), length = (size_t)angles.len / sizeof(double);
    size_t size = (size_t)qubits.len / sizeof(int32_t);
    Spreads rows = {(int32_t)count, places.buf, kinds.buf, starts.buf, qubits.buf, parts.buf, masks.buf, angles.buf};
    int is_sound = program.width > 0 && program.width <= 64 && count < MANY && different < MANY && ends < MANY && length < MANY
                   && size < MANY && ends > 0 && has_numbers(&places, count, sizeof(int32_t))
                   && has_numbers(&kinds, different, sizeof(int32_t)) && has_numbers(&starts, different + 1, sizeof(int32_t))
                   && has_numbers(&qubits, size, sizeof(int32_t)) && has_numbers(&parts, ends, sizeof(int32_t))
                   && has_numbers(&masks, 2 * length, sizeof(Word)) && has_numbers(&angles, length, sizeof(double))
                   && are_bounds(rows.starts, (int32_t)different, size) && are_bounds(rows.parts, (int32_t)ends - 1, length)
                   && are_places(rows.places, rows.count, (int32_t)different);
    for (size_t k = 0; k < length && is_sound; k++)
        is_sound = rows.angles[k] < 1e9 && rows.angles[k] > -1e9;
    for (int32_t row = 0; row < (int32_t)different && is_sound; row++)
        is_sound = is_row(&rows, row, (int32_t)ends - 1, program.width);
    if (is_sound)
        result = write_rotations(&rows, &program) == SOLVED ? program_parts(&program) : PyErr_NoMemory();
    else
        PyErr_SetString(PyExc_ValueError, "rows of other kinds, or on wires that are not there");
    release_program(&program);
    release_buffers(&places, &kinds, &starts, &qubits, &parts, &masks, &angles, (Py_buffer *)NULL);
    return result;
}

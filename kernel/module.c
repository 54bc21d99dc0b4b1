/* The Python module ionqdsl._kernel, over the part of the interface that all Pythons from 3.11 on share. */
#include "bindings.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "clifford.h"
#include "gates.h"
#include "instantiation.h"
#include "synthesis.h"
#include "weyl.h"

PyDoc_STRVAR(solve_text,
             "solve(wires, rows, minus, logs, styles, bound, seeds)\n--\n\n"
             "For each style and seed: events, moves and qubits as bytes of 32-bit numbers, or None in their place if\n"
             "there are more two-qubit gates than the bound; then these gates, and the steps, scores and sums of the work.");

void release_buffers(Py_buffer *first, ...) {
    va_list others;
    va_start(others, first);
    for (Py_buffer *buffer = first; buffer; buffer = va_arg(others, Py_buffer *))
        PyBuffer_Release(buffer);
    va_end(others);
}

PyObject *bytes_of(const List *list) {
    return PyBytes_FromStringAndSize((const char *)list->items, (Py_ssize_t)list->count * (Py_ssize_t)sizeof(int32_t));
}

static PyObject *item_of(const Solution *solution) {
    long long gates = solution->gates, steps = solution->steps, scores = solution->scores, sums = solution->sums;
    if (solution->outcome == STOPPED)
        return Py_BuildValue("OOOLLLL", Py_None, Py_None, Py_None, gates, steps, scores, sums);
    return Py_BuildValue("NNNLLLL", bytes_of(&solution->events), bytes_of(&solution->moves),
                         bytes_of(&solution->qubits), gates, steps, scores, sums);
}

static PyObject *result_of(Outcome outcome, const Solution *solutions, int count) {
    if (outcome == NO_MEMORY)
        return PyErr_NoMemory();
    if (outcome == INVALID) {
        PyErr_SetString(PyExc_ValueError, "a rotation about the identity, or images that are no Clifford's");
        return NULL;
    }
    PyObject *list = PyList_New(count);
    for (int k = 0; list && k < count; k++) {
        PyObject *item = item_of(&solutions[k]);
        if (!item || PyList_SetItem(list, k, item)) {
            Py_DECREF(list);
            return NULL;
        }
    }
    return list;
}

/* Whether the buffers have the sizes that the number of wires asks for and stand where words may stand, and no string
 * has a letter on another wire. */
static int is_sound(int wires, const Py_buffer *rows, const Py_buffer *minus, const Py_buffer *logs,
                    const Py_buffer *styles, const Py_buffer *seeds, Py_ssize_t *count) {
    if (wires < 1 || wires > 1 << 20)
        return 0;
    Py_ssize_t size = (wires + 63) / 64;
    *count = rows->len / (16 * size) - 2 * (Py_ssize_t)wires;
    if (*count < 0 || *count > 1 << 28 || rows->len % (16 * size) || minus->len != 2 * (Py_ssize_t)wires)
        return 0;
    Py_ssize_t runs = seeds->len / (Py_ssize_t)sizeof(uint64_t);
    if (logs->len != (2 * (Py_ssize_t)wires + 2) * (Py_ssize_t)sizeof(int32_t) || runs > 1 << 24)
        return 0;
    if (!has_numbers(seeds, (size_t)runs, sizeof(uint64_t)) || styles->len != runs * (Py_ssize_t)sizeof(Style))
        return 0;
    if ((uintptr_t)rows->buf % sizeof(Word) || (uintptr_t)logs->buf % sizeof(int32_t)
        || (uintptr_t)styles->buf % sizeof(int64_t))
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
    Py_buffer rows, minus, logs, styles, seeds;
    int wires;
    long long bound;
    if (!PyArg_ParseTuple(arguments, "iy*y*y*y*Ly*", &wires, &rows, &minus, &logs, &styles, &bound, &seeds))
        return NULL;
    PyObject *result = NULL;
    Py_ssize_t rotations;
    if (is_sound(wires, &rows, &minus, &logs, &styles, &seeds, &rotations)) {
        Problem problem = {.wires = wires, .rotations = (int)rotations, .rows = rows.buf, .minus = minus.buf,
                           .logs = logs.buf, .bound = bound};
        int count = (int)(seeds.len / (Py_ssize_t)sizeof(uint64_t));
        Solution *solutions = calloc((size_t)count + 1, sizeof *solutions);
        Outcome outcome = NO_MEMORY;
        Py_BEGIN_ALLOW_THREADS
        if (solutions)
            outcome = solve_each(&problem, styles.buf, seeds.buf, count, solutions);
        Py_END_ALLOW_THREADS
        result = result_of(outcome, solutions, count);
        for (int k = 0; solutions && k < count; k++)
            release(&solutions[k]);
        free(solutions);
    } else {
        PyErr_SetString(PyExc_ValueError, "buffers of other sizes than the wires ask for");
    }
    release_buffers(&rows, &minus, &logs, &styles, &seeds, (Py_buffer *)NULL);
    return result;
}

/* --- factors of Cliffords ------------------------------------------------------------------------------------------ */

PyDoc_STRVAR(factors_text,
             "factors(wires, rows, terms, sides, is_still, places, limit)\n--\n\n"
             "The factors of a Clifford as bytes of 32-bit numbers, the last one first, or None if there are more than\n"
             "the limit.");

static PyObject *factors_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer rows, terms;
    Search search;
    if (!PyArg_ParseTuple(arguments, "iy*y*iiii", &search.wires, &rows, &terms, &search.sides, &search.is_still,
                          &search.places, &search.limit))
        return NULL;
    PyObject *result = NULL;
    int wires = search.wires, is_sound = wires > 1 && wires <= 32 && search.sides > 0 && search.sides < 3;
    is_sound = is_sound && search.places > 0 && search.places <= 1 << 16 && search.limit >= 0 && search.limit <= 1 << 16;
    is_sound = is_sound && rows.len == 32 * (Py_ssize_t)wires && terms.len >= 4 * (3 * (Py_ssize_t)wires + 4);
    is_sound = is_sound && !((uintptr_t)rows.buf % sizeof(Word)) && !((uintptr_t)terms.buf % sizeof(int32_t));
    search.rows = rows.buf;
    search.terms = terms.buf;
    for (int k = 0; is_sound && k < 4 * wires; k++)
        is_sound = !(search.rows[k] >> 1 >> (wires - 1));
    if (is_sound) {
        List factors = {0};
        Outcome outcome;
        Py_BEGIN_ALLOW_THREADS
        outcome = find_factors(&search, &factors);
        Py_END_ALLOW_THREADS
        if (outcome == NO_MEMORY)
            PyErr_NoMemory();
        else
            result = outcome == STOPPED ? Py_NewRef(Py_None) : bytes_of(&factors);
        free(factors.items);
    } else {
        PyErr_SetString(PyExc_ValueError, "buffers of other sizes than the wires ask for");
    }
    release_buffers(&rows, &terms, (Py_buffer *)NULL);
    return result;
}

/* --- instantiation ------------------------------------------------------------------------------------------------ */

PyDoc_STRVAR(instantiate_text,
             "instantiate(unitary, structures, values, length, steps)\n--\n\n"
             "The number of the first start that arrives at the unitary, or -1; its values, or None; and the steps made.");
PyDoc_STRVAR(product_text, "product(pairs, values)\n--\n\nThe product of interactions, row by row.");
PyDoc_STRVAR(invariants_text,
             "invariants(unitary)\n--\n\nThe numbers of a unitary that one-qubit gates before and after it do not change.");
PyDoc_STRVAR(unitary_classes_text,
             "unitary_classes(unitaries)\n--\n\n"
             "For each unitary its pattern and its class, each with the orders of the wires that give it, as bits.");

int has_numbers(const Py_buffer *buffer, size_t count, size_t size) {
    return buffer->len == (Py_ssize_t)(count * size) && (!count || (uintptr_t)buffer->buf % size == 0);
}

/* The matrix of pairs of numbers, row by row. */
static void read_matrix(const double *numbers, Matrix *matrix) {
    for (int row = 0; row < SIZE; row++)
        for (int column = 0; column < SIZE; column++) {
            matrix->re[column][row] = numbers[2 * (row * SIZE + column)];
            matrix->im[column][row] = numbers[2 * (row * SIZE + column) + 1];
        }
}

int are_pairs(const int32_t *pairs, size_t count) {
    for (size_t k = 0; k < count; k++)
        if (pairs[k] < 0 || pairs[k] >= WIRES)
            return 0;
    return 1;
}

/* The values of each start stand one after another: axes u, axes v, angles, turns. */
static int run_task(const Task *task, double *numbers, size_t each, int64_t *work) {
    Values *values = calloc((size_t)task->starts, sizeof *values);
    if (!values)
        return -2;
    size_t axes = 3 * (size_t)task->length;
    for (int k = 0; k < task->starts; k++) {
        double *own = numbers + (size_t)k * each;
        values[k] = (Values){.u = own, .v = own + axes, .t = own + 2 * axes};
        memcpy(values[k].turns, own + each - 4 * WIRES, sizeof values[k].turns);
    }
    int found = instantiate(task, values, work);
    if (found >= 0)
        memcpy(numbers + (size_t)(found + 1) * each - 4 * WIRES, values[found].turns, sizeof values[found].turns);
    free(values);
    return found;
}

static PyObject *instantiated_of(const Py_buffer *unitary, const Py_buffer *structures, const Py_buffer *values,
                                 int length, int steps) {
    size_t each = 7 * (size_t)length + 4 * WIRES, starts = (size_t)values->len / (each * sizeof(double));
    if (starts < 1 || starts > MOST_STARTS || !has_numbers(values, starts * each, sizeof(double))
        || !has_numbers(structures, starts * (size_t)length, sizeof(int32_t))
        || !has_numbers(unitary, 2 * ENTRIES, sizeof(double)) || !are_pairs(structures->buf, starts * (size_t)length)) {
        PyErr_SetString(PyExc_ValueError, "buffers of other sizes than the length asks for, or no pair");
        return NULL;
    }
    double *numbers = malloc((size_t)values->len);
    if (!numbers)
        return PyErr_NoMemory();
    memcpy(numbers, values->buf, (size_t)values->len);
    Matrix matrix;
    read_matrix(unitary->buf, &matrix);
    Task task = {.length = length, .starts = (int)starts, .steps = steps, .unitary = &matrix,
                 .structures = structures->buf};
    int64_t work = 0;
    int found;
    Py_BEGIN_ALLOW_THREADS
    found = run_task(&task, numbers, each, &work);
    Py_END_ALLOW_THREADS
    PyObject *result = NULL;
    if (found == -2)
        PyErr_NoMemory();
    else if (found < 0)
        result = Py_BuildValue("iOL", found, Py_None, (long long)work);
    else
        result = Py_BuildValue("iNL", found, bytes_of_doubles(numbers + (size_t)found * each, (int64_t)each),
                               (long long)work);
    free(numbers);
    return result;
}

static PyObject *instantiate_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer unitary, structures, values;
    int length, steps;
    if (!PyArg_ParseTuple(arguments, "y*y*y*ii", &unitary, &structures, &values, &length, &steps))
        return NULL;
    PyObject *result = NULL;
    if (length < 0 || length > LONGEST)
        PyErr_SetString(PyExc_ValueError, "too many interactions");
    else
        result = instantiated_of(&unitary, &structures, &values, length, steps);
    release_buffers(&unitary, &structures, &values, (Py_buffer *)NULL);
    return result;
}

static PyObject *product_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer pairs, values;
    if (!PyArg_ParseTuple(arguments, "y*y*", &pairs, &values))
        return NULL;
    PyObject *result = NULL;
    size_t length = (size_t)pairs.len / sizeof(int32_t);
    if (length <= 1 << 20 && has_numbers(&pairs, length, sizeof(int32_t))
        && has_numbers(&values, 7 * length, sizeof(double)) && are_pairs(pairs.buf, length)) {
        const double *u = values.buf;
        Matrix product;
        product_of_interactions((int)length, pairs.buf, u, u + 3 * length, u + 6 * length, &product);
        double numbers[2 * ENTRIES];
        for (int row = 0; row < SIZE; row++)
            for (int column = 0; column < SIZE; column++) {
                numbers[2 * (row * SIZE + column)] = product.re[column][row];
                numbers[2 * (row * SIZE + column) + 1] = product.im[column][row];
            }
        result = PyBytes_FromStringAndSize((const char *)numbers, sizeof numbers);
    } else {
        PyErr_SetString(PyExc_ValueError, "buffers of different lengths, or no pair");
    }
    release_buffers(&pairs, &values, (Py_buffer *)NULL);
    return result;
}

static PyObject *invariants_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer unitary;
    if (!PyArg_ParseTuple(arguments, "y*", &unitary))
        return NULL;
    PyObject *result = NULL;
    if (has_numbers(&unitary, 2 * ENTRIES, sizeof(double))) {
        Matrix matrix;
        double invariants[INVARIANTS];
        read_matrix(unitary.buf, &matrix);
        write_invariants(&matrix, invariants);
        result = PyBytes_FromStringAndSize((const char *)invariants, sizeof invariants);
    } else {
        PyErr_SetString(PyExc_ValueError, "not a matrix on three wires");
    }
    PyBuffer_Release(&unitary);
    return result;
}

static PyObject *unitary_classes_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer unitaries;
    if (!PyArg_ParseTuple(arguments, "y*", &unitaries))
        return NULL;
    PyObject *result = NULL;
    size_t count = (size_t)unitaries.len / (2 * ENTRIES * sizeof(double));
    if (has_numbers(&unitaries, 2 * ENTRIES * count, sizeof(double))) {
        UnitaryClass found;
        Matrix matrix;
        result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * sizeof found));
        for (size_t k = 0; result && k < count; k++) {
            read_matrix((const double *)unitaries.buf + 2 * ENTRIES * k, &matrix);
            write_class(&matrix, &found);
            memcpy(PyBytes_AsString(result) + k * sizeof found, &found, sizeof found);
        }
    } else {
        PyErr_SetString(PyExc_ValueError, "not matrices on three wires");
    }
    PyBuffer_Release(&unitaries);
    return result;
}

/* --- two-qubit unitaries ------------------------------------------------------------------------------------------ */

PyDoc_STRVAR(pair_products_text,
             "pair_products(tables, counts, values)\n--\n\n"
             "The product of so many interactions after each other, for each count, in the magic basis and row by row.");
PyDoc_STRVAR(decompose_text, "decompose(tables, unitaries)\n--\n\nThe decompositions of unitaries in the magic basis.");

static int are_counts(const Py_buffer *counts, int64_t *total) {
    size_t length = (size_t)counts->len / sizeof(int32_t);
    const int32_t *count = counts->buf;
    if (!has_numbers(counts, length, sizeof(int32_t)))
        return 0;
    *total = 0;
    for (size_t k = 0; k < length; k++) {
        if (count[k] < 0)
            return 0;
        *total += count[k];
    }
    return 1;
}

static PyObject *pair_products_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer tables, counts, values;
    if (!PyArg_ParseTuple(arguments, "y*y*y*", &tables, &counts, &values))
        return NULL;
    PyObject *result = NULL;
    int64_t total;
    if (has_numbers(&tables, sizeof(WeylTables) / sizeof(double), sizeof(double)) && are_counts(&counts, &total)
        && has_numbers(&values, 7 * (size_t)total, sizeof(double))) {
        Py_ssize_t length = counts.len / (Py_ssize_t)sizeof(int32_t);
        const int32_t *count = counts.buf;
        const double *u = values.buf, *v = u + 3 * total, *t = v + 3 * total;
        result = PyBytes_FromStringAndSize(NULL, length * (Py_ssize_t)(SQUARE * 2 * sizeof(double)));
        double(*products)[2] = result ? (double(*)[2])PyBytes_AsString(result) : NULL;
        for (Py_ssize_t k = 0; products && k < length; k++) {
            pair_product(tables.buf, count[k], u, v, t, products + k * SQUARE);
            u += 3 * count[k], v += 3 * count[k], t += count[k];
        }
    } else {
        PyErr_SetString(PyExc_ValueError, "buffers of other sizes than the counts ask for");
    }
    release_buffers(&tables, &counts, &values, (Py_buffer *)NULL);
    return result;
}

static PyObject *decompose_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer tables, unitaries;
    if (!PyArg_ParseTuple(arguments, "y*y*", &tables, &unitaries))
        return NULL;
    PyObject *result = NULL;
    size_t length = (size_t)unitaries.len / (2 * SQUARE * sizeof(double));
    if (has_numbers(&tables, sizeof(WeylTables) / sizeof(double), sizeof(double))
        && has_numbers(&unitaries, 2 * SQUARE * length, sizeof(double))) {
        result = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(length * sizeof(Decomposition)));
        Decomposition *found = result ? (Decomposition *)PyBytes_AsString(result) : NULL;
        double unitary[SQUARE][2];
        for (size_t k = 0; found && k < length; k++) {
            memcpy(unitary, (const double *)unitaries.buf + 2 * SQUARE * k, sizeof unitary);
            decompose(tables.buf, unitary, &found[k]);
        }
    } else {
        PyErr_SetString(PyExc_ValueError, "not unitaries on two wires");
    }
    release_buffers(&tables, &unitaries, (Py_buffer *)NULL);
    return result;
}

/* --- states -------------------------------------------------------------------------------------------------------- */

PyDoc_STRVAR(apply_text,
             "apply(states, qubits, bits, items, start, stop)\n--\n\n"
             "Applies the items of a pass to the chunks from `start` to `stop` of a batch of states, in their place.");

/* Whether the bits of a chunk are bits of a state, each once, and all items stay within the chunk and off its lanes. */
static int is_whole(const Pass *pass, Py_ssize_t states, int64_t start, int64_t stop) {
    uint64_t seen = 0;
    if (pass->qubits < LANES || pass->qubits > 32 || pass->size < LANES || pass->size > CHUNK_BITS)
        return 0;
    for (int bit = 0; bit < pass->size; bit++) {
        if (pass->bits[bit] < 0 || pass->bits[bit] >= pass->qubits || seen >> pass->bits[bit] & 1)
            return 0;
        seen |= (uint64_t)1 << pass->bits[bit];
    }
    int64_t amplitudes = (int64_t)(states / 16), chunks = amplitudes >> pass->size;
    if (states % 16 || amplitudes & (((int64_t)1 << pass->qubits) - 1) || start < 0 || start > stop || stop > chunks)
        return 0;
    uint32_t outside = ~(((uint32_t)1 << pass->size) - 1) | ((1 << LANES) - 1);
    for (int64_t k = 0; k < pass->count; k++) {
        const Item *item = pass->items + k;
        if (item->mask & outside || item->first & ~item->mask || item->second & ~item->mask || item->kind >= KINDS)
            return 0;
        if (item->kind != SCALE && item->first == item->second)
            return 0;
    }
    return 1;
}

static PyObject *apply_in_python(PyObject *module, PyObject *arguments) {
    (void)module;
    Py_buffer states, bits, items;
    int qubits, is_done = -1;
    long long start, stop;
    if (!PyArg_ParseTuple(arguments, "w*iy*y*LL", &states, &qubits, &bits, &items, &start, &stop))
        return NULL;
    Pass pass = {.amplitudes = states.buf, .qubits = qubits, .size = (int)(bits.len / (Py_ssize_t)sizeof(int32_t)),
                 .bits = bits.buf, .items = items.buf, .count = items.len / (Py_ssize_t)sizeof(Item)};
    int is_aligned = !((uintptr_t)states.buf % sizeof(double) || (uintptr_t)bits.buf % sizeof(int32_t) ||
                       (uintptr_t)items.buf % sizeof(uint64_t));
    if (is_aligned && !(items.len % (Py_ssize_t)sizeof(Item)) && is_whole(&pass, states.len, start, stop)) {
        Py_BEGIN_ALLOW_THREADS
        is_done = apply_items(&pass, start, stop);
        Py_END_ALLOW_THREADS
    }
    release_buffers(&states, &bits, &items, (Py_buffer *)NULL);
    if (is_done < 0)
        PyErr_SetString(PyExc_ValueError, "a pass whose chunks or items lie outside the states");
    if (is_done == 0)
        PyErr_NoMemory();
    return is_done == 1 ? Py_NewRef(Py_None) : NULL;
}

static PyMethodDef methods[] = {{"solve", solve_in_python, METH_VARARGS, solve_text},
                                {"factors", factors_in_python, METH_VARARGS, factors_text},
                                {"instantiate", instantiate_in_python, METH_VARARGS, instantiate_text},
                                {"product", product_in_python, METH_VARARGS, product_text},
                                {"invariants", invariants_in_python, METH_VARARGS, invariants_text},
                                {"unitary_classes", unitary_classes_in_python, METH_VARARGS, unitary_classes_text},
                                {"frames", frames_in_python, METH_VARARGS, frames_text},
                                {"likeness", likeness_in_python, METH_VARARGS, likeness_text},
                                {"compare", compare_in_python, METH_VARARGS, compare_text},
                                {"pair_products", pair_products_in_python, METH_VARARGS, pair_products_text},
                                {"decompose", decompose_in_python, METH_VARARGS, decompose_text},
                                {"pairs", pairs_in_python, METH_VARARGS, pairs_text},
                                {"triples", triples_in_python, METH_VARARGS, triples_text},
                                {"sweep", sweep_in_python, METH_VARARGS, sweep_text},
                                {"compress", compress_in_python, METH_VARARGS, compress_text},
                                {"triple_tasks", triple_tasks_in_python, METH_VARARGS, triple_tasks_text},
                                {"rewrite_triples", rewrite_triples_in_python, METH_VARARGS, rewrite_triples_text},
                                {"program_form", program_form_in_python, METH_VARARGS, program_form_text},
                                {"fold", fold_in_python, METH_VARARGS, fold_text},
                                {"invert", invert_in_python, METH_VARARGS, invert_text},
                                {"number_rows", number_rows_in_python, METH_VARARGS, number_rows_text},
                                {"row_form", row_form_in_python, METH_VARARGS, row_form_text},
                                {"row_program", row_program_in_python, METH_VARARGS, row_program_text},
                                {"collect", collect_in_python, METH_VARARGS, collect_text},
                                {"improve", improve_in_python, METH_VARARGS, improve_text},
                                {"solution_form", solution_form_in_python, METH_VARARGS, solution_form_text},
                                {"apply", apply_in_python, METH_VARARGS, apply_text},
                                {"gather", gather_in_python, METH_VARARGS, gather_text},
                                {"tidy", tidy_in_python, METH_VARARGS, tidy_text},
                                {"find_toffolis", find_toffolis_in_python, METH_VARARGS, find_toffolis_text},
                                {"delay", delay_in_python, METH_VARARGS, delay_text},
                                {"release", release_in_python, METH_VARARGS, release_text},
                                {"least_cost", least_cost_in_python, METH_VARARGS, least_cost_text},
                                {"place", place_in_python, METH_VARARGS, place_text},
                                {NULL, NULL, 0, NULL}};

#ifndef SOURCES
#define SOURCES "" /* kernel/build.py defines it: a digest of all sources */
#endif

static int begin(PyObject *module) {
    prepare_tableaus();
    return PyModule_AddStringConstant(module, "SOURCES", SOURCES);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, begin}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "ionqdsl._kernel", "Synthesis, instantiation and the simulation of gates, compiled.", 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void) {
    return PyModuleDef_Init(&definition);
}

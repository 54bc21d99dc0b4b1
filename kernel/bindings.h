/* Shared by the files of the binding (module.c and those that end in _module.c). */
#ifndef BINDINGS_H
#define BINDINGS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "forms.h"
#include "programs.h"

/* Releases the buffers of a call; the last argument is NULL. */
void release_buffers(Py_buffer *first, ...);
int has_numbers(const Py_buffer *buffer, size_t count, size_t size);

/* Whether all are pairs of three wires. */
int are_pairs(const int32_t *pairs, size_t count);

PyObject *bytes_of(const List *list);
PyObject *bytes_of_doubles(const double *numbers, int64_t count);

/* The same numbers, where 0 is never negative. */
PyObject *plain_bytes(const double *numbers, int64_t count);

/* Reads rotations about strings on at most so many wires of the width by angles that are numbers; whether all are. */
int has_program(const Py_buffer *strings, const Py_buffer *angles, int most, Program *program);

/* Reads the wire on which each qubit is read; whether all are wires of the program. */
int has_outputs(const Py_buffer *outputs, Program *program);

/* Reads a form of that width; whether it is one. */
int has_form(const Py_buffer *wires, const Py_buffer *values, const Py_buffer *limits, Form *form);

void release_numeric_form(NumericForm *form);

/* Whether they are turns of so many wires. */
int are_ends(const Py_buffer *ends, int width);

extern const char pairs_text[], triples_text[], triple_tasks_text[], sweep_text[], compress_text[],
    program_form_text[], solution_form_text[], fold_text[], invert_text[], row_form_text[], collect_text[],
    improve_text[], frames_text[], likeness_text[], rewrite_triples_text[], compare_text[], gather_text[],
    tidy_text[], find_toffolis_text[], delay_text[], release_text[], least_cost_text[], number_rows_text[],
    row_program_text[], place_text[];
PyObject *pairs_in_python(PyObject *module, PyObject *arguments);
PyObject *triples_in_python(PyObject *module, PyObject *arguments);
PyObject *triple_tasks_in_python(PyObject *module, PyObject *arguments);
PyObject *rewrite_triples_in_python(PyObject *module, PyObject *arguments);
PyObject *sweep_in_python(PyObject *module, PyObject *arguments);
PyObject *compress_in_python(PyObject *module, PyObject *arguments);
PyObject *program_form_in_python(PyObject *module, PyObject *arguments);
PyObject *solution_form_in_python(PyObject *module, PyObject *arguments);
PyObject *fold_in_python(PyObject *module, PyObject *arguments);
PyObject *invert_in_python(PyObject *module, PyObject *arguments);
PyObject *number_rows_in_python(PyObject *module, PyObject *arguments);
PyObject *row_form_in_python(PyObject *module, PyObject *arguments);
PyObject *row_program_in_python(PyObject *module, PyObject *arguments);
PyObject *collect_in_python(PyObject *module, PyObject *arguments);
PyObject *improve_in_python(PyObject *module, PyObject *arguments);
PyObject *frames_in_python(PyObject *module, PyObject *arguments);
PyObject *likeness_in_python(PyObject *module, PyObject *arguments);
PyObject *compare_in_python(PyObject *module, PyObject *arguments);
PyObject *gather_in_python(PyObject *module, PyObject *arguments);
PyObject *tidy_in_python(PyObject *module, PyObject *arguments);
PyObject *find_toffolis_in_python(PyObject *module, PyObject *arguments);
PyObject *delay_in_python(PyObject *module, PyObject *arguments);
PyObject *release_in_python(PyObject *module, PyObject *arguments);
PyObject *least_cost_in_python(PyObject *module, PyObject *arguments);
PyObject *place_in_python(PyObject *module, PyObject *arguments);

#endif

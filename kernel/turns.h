/* Rotations of one qubit and directions, as ionqdsl/algebra/rotations.py has them, with the same rounding.
 *
 * A file that includes this first rounds as Python does, wherever it multiplies and adds in one step.
 */
#ifndef TURNS_H
#define TURNS_H

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#else
#pragma STDC FP_CONTRACT OFF
#endif

#include <math.h>

#include "words.h"

#define PI 3.14159265358979323846

typedef struct {
    double x, y, z;
} Vector;

typedef struct {
    double w, x, y, z;
} Turn;

INLINE Vector vector_at(const double *numbers) {
    return (Vector){numbers[0], numbers[1], numbers[2]};
}

INLINE double dot(Vector u, Vector v) {
    return u.x * v.x + u.y * v.y + u.z * v.z;
}

INLINE Vector cross(Vector u, Vector v) {
    return (Vector){u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x};
}

/* Whether two unit vectors are along one line; the cosine alone would let 1e-8 rad and more through. */
INLINE int is_along(Vector u, Vector v, double noise) {
    Vector across = cross(u, v);
    return across.x * across.x + across.y * across.y + across.z * across.z < noise * noise;
}

INLINE Vector opposite(Vector u) {
    return (Vector){-u.x, -u.y, -u.z};
}

INLINE Vector unit(Vector u) {
    double size = 1 / sqrt(u.x * u.x + u.y * u.y + u.z * u.z);
    return (Vector){u.x * size, u.y * size, u.z * size};
}

/* exp(-i angle/2 axis.sigma) */
INLINE Turn turn_about(Vector axis, double angle) {
    double sine = sin(angle / 2);
    return (Turn){cos(angle / 2), axis.x * sine, axis.y * sine, axis.z * sine};
}

/* The matrix product: `right` happens first. */
INLINE Turn product(Turn left, Turn right) {
    double a = left.w, b = left.x, c = left.y, d = left.z, e = right.w, f = right.x, g = right.y, h = right.z;
    return (Turn){a * e - b * f - c * g - d * h, a * f + b * e + c * h - d * g, a * g - b * h + c * e + d * f,
                  a * h + b * g - c * f + d * e};
}

INLINE Turn normalised(Turn turn) {
    double size = 1 / sqrt(turn.w * turn.w + turn.x * turn.x + turn.y * turn.y + turn.z * turn.z);
    return (Turn){turn.w * size, turn.x * size, turn.y * size, turn.z * size};
}

/* The direction whose image under the turn this is. */
INLINE Vector turned_back(Turn turn, Vector u) {
    double w = turn.w, x = -turn.x, y = -turn.y, z = -turn.z, a = u.x, b = u.y, c = u.z;
    double p = 2 * (y * c - z * b), q = 2 * (z * a - x * c), r = 2 * (x * b - y * a);
    return (Vector){a + w * p + y * r - z * q, b + w * q + z * p - x * r, c + w * r + x * q - y * p};
}

/* Splits t = rest + halves * pi/2 with the rest in (-pi/4, pi/4]; a rest that is only rounding is 0. */
INLINE double folded(double t, double noise, double spacing, int64_t *halves) {
    double whole = ceil(t / (PI / 2) - 0.5 - noise), rest = t - whole * (PI / 2);
    *halves = (int64_t)whole;
    return whole == 0 || fabs(rest) > spacing * fabs(t) ? rest : 0;
}

INLINE int is_odd(int64_t halves) {
    return (int)(halves & 1);
}

/* The phase of so many halves of an interaction relative to half turns of both its wires. */
INLINE double phase_of_halves(int64_t halves) {
    int64_t left = (halves % 4 + 4) % 4;
    return (double)(left / 2) * PI + (double)(left % 2) * PI / 2;
}

#endif

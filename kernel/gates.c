/* Applies gates to state vectors in passes: a chunk of amplitudes is copied to where the cache holds it, real parts apart
 * from imaginary ones, all gates of the pass act there, and it is copied back. Which gates those are decides
 * ionqdsl/simulation/chunks.py. */
#include "gates.h"

#include <stdlib.h>

#include "words.h"

/* Compiled three times where that is possible: for any processor, and for those with longer vectors. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif
#if defined(_MSC_VER)
#define restrict __restrict
#endif

#if defined(_MSC_VER)
#define INDEPENDENT __pragma(loop(ivdep))
#elif defined(__GNUC__) && !defined(__clang__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif


/* The next place whose bits in a mask are 0; 0 after the last one. */
INLINE uint32_t next_place(uint32_t place, uint32_t mask, uint32_t size) {
    return (((place | mask) + 1) & ~mask) & (size - 1);
}

/* All amplitudes of a run: those that stand next to each other, a multiple of the lanes. */
#define EACH(k) INDEPENDENT for (size_t k = 0; k < (run & ~(((size_t)1 << LANES) - 1)); k++)

INLINE void scale(double *restrict re, double *restrict im, size_t run, const double *m) {
    double a = m[0], b = m[1];
    if (b == 0) {
        EACH(k) {
            re[k] *= a;
            im[k] *= a;
        }
        return;
    }
    EACH(k) {
        double x = re[k], y = im[k];
        re[k] = a * x - b * y;
        im[k] = a * y + b * x;
    }
}

INLINE void mix(uint32_t kind, double *restrict re0, double *restrict im0, double *restrict re1, double *restrict im1,
                size_t run, const double *m) {
    if (kind == EXCHANGE) {
        EACH(k) {
            double x = re0[k], y = im0[k];
            re0[k] = re1[k];
            im0[k] = im1[k];
            re1[k] = x;
            im1[k] = y;
        }
    } else if (kind == REAL) {
        double a = m[0], b = m[2], c = m[4], d = m[6];
        EACH(k) {
            double x = re0[k], y = im0[k], u = re1[k], v = im1[k];
            re0[k] = a * x + b * u;
            im0[k] = a * y + b * v;
            re1[k] = c * x + d * u;
            im1[k] = c * y + d * v;
        }
    } else if (kind == CROSS) {
        double a = m[0], b = m[3], c = m[5], d = m[6];
        EACH(k) {
            double x = re0[k], y = im0[k], u = re1[k], v = im1[k];
            re0[k] = a * x - b * v;
            im0[k] = a * y + b * u;
            re1[k] = d * u - c * y;
            im1[k] = d * v + c * x;
        }
    } else {
        double ar = m[0], ai = m[1], br = m[2], bi = m[3], cr = m[4], ci = m[5], dr = m[6], di = m[7];
        EACH(k) {
            double x = re0[k], y = im0[k], u = re1[k], v = im1[k];
            re0[k] = ar * x - ai * y + br * u - bi * v;
            im0[k] = ar * y + ai * x + br * v + bi * u;
            re1[k] = cr * x - ci * y + dr * u - di * v;
            im1[k] = cr * y + ci * x + dr * v + di * u;
        }
    }
}

/* Applies an item to a chunk. */
VECTORISED static void act(const Item *item, double *re, double *im, uint32_t size) {
    size_t run = item->mask ? (size_t)1 << lowest(item->mask) : size;
    uint32_t fixed = item->mask | (uint32_t)(run - 1), place = 0;
    do {
        uint32_t first = place | item->first, second = place | item->second;
        if (item->kind == SCALE)
            scale(re + first, im + first, run, item->numbers);
        else
            mix(item->kind, re + first, im + first, re + second, im + second, run, item->numbers);
        place = next_place(place, fixed, size);
    } while (place);
}

/* The places in the state of the places in a chunk, from the place of its first amplitude. */
static void list_places(const Pass *pass, uint32_t *places) {
    places[0] = 0;
    for (int bit = 0; bit < pass->size; bit++)
        for (uint32_t k = 0; k < (uint32_t)1 << bit; k++)
            places[k | (uint32_t)1 << bit] = places[k] | (uint32_t)1 << pass->bits[bit];
}

/* Spreads the bits of a number over the bits that are not in a mask. */
static uint64_t spread(uint64_t number, uint64_t mask) {
    uint64_t place = 0;
    for (int bit = 0; number; bit++)
        if (!(mask >> bit & 1)) {
            place |= (number & 1) << bit;
            number >>= 1;
        }
    return place;
}

int apply_items(const Pass *pass, int64_t start, int64_t stop) {
    uint32_t size = (uint32_t)1 << pass->size;
    double *memory = malloc(2 * sizeof(double) * size + 64);
    uint32_t *places = malloc(sizeof(uint32_t) * size);
    uint64_t mask = 0;
    if (!memory || !places) {
        free(memory);
        free(places);
        return 0;
    }
    double *re = (double *)(((uintptr_t)memory + 63) & ~(uintptr_t)63), *im = re + size;
    list_places(pass, places);
    for (int bit = 0; bit < pass->size; bit++)
        mask |= (uint64_t)1 << pass->bits[bit];
    for (int64_t chunk = start; chunk < stop; chunk++) {
        uint64_t part = (uint64_t)chunk & (((uint64_t)1 << (pass->qubits - pass->size)) - 1);
        uint64_t state = (uint64_t)chunk >> (pass->qubits - pass->size), base = spread(part, mask);
        double *amplitudes = pass->amplitudes + 2 * ((state << pass->qubits) + base);
        for (uint32_t k = 0; k < size; k++) {
            re[k] = amplitudes[2 * (size_t)places[k]];
            im[k] = amplitudes[2 * (size_t)places[k] + 1];
        }
        for (int64_t k = 0; k < pass->count; k++)
            if ((base & pass->items[k].outer_mask) == pass->items[k].outer)
                act(pass->items + k, re, im, size);
        for (uint32_t k = 0; k < size; k++) {
            amplitudes[2 * (size_t)places[k]] = re[k];
            amplitudes[2 * (size_t)places[k] + 1] = im[k];
        }
    }
    free(memory);
    free(places);
    return 1;
}

/* Numbers of a three-qubit unitary that one-qubit gates do not change: triples/invariants.py has the same with numpy. */
#include <math.h>

#include "instantiation.h"
#include "matrices.h"

enum { SETS = SIZE - 1 };

/* Writes the parts of one wire's letters in place of its entries: 1, Z, X and Y for bits of row and column 00, 01, 10
 * and 11, so a word has letters where its row or its column has a bit. */
INLINE void split_letters(Matrix *matrix, int bit) {
    for (int column = 0; column < SIZE; column++) {
        if (column & bit)
            continue;
        double *re = matrix->re[column], *im = matrix->im[column];
        double *turned_re = matrix->re[column | bit], *turned_im = matrix->im[column | bit];
        for (int first = 0; first < SIZE; first += 2 * bit)
            for (int row = first; row < first + bit; row++) {
                double a = re[row], b = turned_re[row], c = re[row + bit], d = turned_re[row + bit];
                double p = im[row], q = turned_im[row], r = im[row + bit], s = turned_im[row + bit];
                re[row] = (a + d) / 2, turned_re[row] = (a - d) / 2;
                re[row + bit] = (b + c) / 2, turned_re[row + bit] = (r - q) / 2;
                im[row] = (p + s) / 2, turned_im[row] = (p - s) / 2;
                im[row + bit] = (q + r) / 2, turned_im[row + bit] = (b - c) / 2;
            }
    }
}

VECTORS void write_image_products(const Matrix *unitary, int wire, double products[SIZE][LETTERS][LETTERS]) {
    static const double axes[LETTERS][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    Matrix turned, images[LETTERS];
    memset(products, 0, SIZE * sizeof *products);
    for (int letter = 0; letter < LETTERS; letter++) {
        times_axis(unitary, wire, axes[letter], &turned);
        times_adjoint(&turned, unitary, SIZE, &images[letter]);
        split_letters(&images[letter], 1);
        split_letters(&images[letter], 2);
        split_letters(&images[letter], 4);
    }
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            int set = row | column, wires = (set >> 2 & 1) | (set & 2) | (set << 2 & 4);
            for (int one = 0; one < LETTERS; one++)
                for (int other = one; other < LETTERS; other++)
                    products[wires][one][other] += images[one].re[column][row] * images[other].re[column][row];
        }
    for (int wires = 0; wires < SIZE; wires++)
        for (int one = 0; one < LETTERS; one++)
            for (int other = 0; other < one; other++)
                products[wires][one][other] = products[wires][other][one];
}

/* For a wire and each set of wires, of the products of the parts there of the images of the wire's Paulis the trace,
 * and that of the square of this matrix. An image is Hermitian, so that its parts are real. */
static void write_images(const Matrix *unitary, int wire, double *reaches, double *moments) {
    double products[SIZE][LETTERS][LETTERS];
    write_image_products(unitary, wire, products);
    for (int set = 0; set < SETS; set++) {
        reaches[set] = moments[set] = 0;
        for (int one = 0; one < LETTERS; one++) {
            reaches[set] += products[set + 1][one][one];
            for (int other = 0; other < LETTERS; other++)
                moments[set] += products[set + 1][one][other] * products[set + 1][one][other];
        }
    }
}

/* to = Y Y Y from^T Y Y Y, up to its sign, adjoint. */
static void write_spin_flipped(const Matrix *from, Matrix *to) {
    static const int signs[SIZE] = {1, -1, -1, 1, -1, 1, 1, -1};
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            int sign = signs[column] * signs[row], low = SIZE - 1 - column, high = SIZE - 1 - row;
            to->re[column][row] = sign * from->re[low][high];
            to->im[column][row] = -sign * from->im[low][high];
        }
}

INLINE void write_adjoint(const Matrix *from, Matrix *to) {
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            to->re[column][row] = from->re[row][column];
            to->im[column][row] = -from->im[row][column];
        }
}

/* The absolute value of the trace of left right^+. */
static double size_of_product(const Matrix *left, const Matrix *right) {
    double re = 0, im = 0;
    for (int column = 0; column < SIZE; column++)
        for (int row = 0; row < SIZE; row++) {
            double a = left->re[column][row], b = left->im[column][row];
            double c = right->re[column][row], d = right->im[column][row];
            re += a * c + b * d;
            im += b * c - a * d;
        }
    return hypot(re, im);
}

VECTORS void write_invariants(const Matrix *unitary, double *invariants) {
    Matrix flipped, product, adjoint, square, one;
    for (int wire = 0; wire < WIRES; wire++)
        write_images(unitary, wire, invariants + SETS * wire, invariants + ROOMS + SETS * wire);
    write_spin_flipped(unitary, &flipped);
    identity(&one);
    times_adjoint(unitary, &flipped, SIZE, &product);
    write_adjoint(&product, &adjoint);
    times_adjoint(&product, &adjoint, SIZE, &square);
    invariants[2 * ROOMS] = size_of_product(&product, &one);
    invariants[2 * ROOMS + 1] = size_of_product(&square, &one);
    invariants[2 * ROOMS + 2] = size_of_product(&square, &adjoint);
}

/* --- classes ------------------------------------------------------------------------------------------------------ */

enum { ORDERS = 6 };

/* Wire w is wire order[w] of the structures. */
static const int orders[ORDERS][WIRES] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

/* Where an order takes the number of a wire and a set of wires. */
static int room_in(const int *order, int wire, int set) {
    int to = 0;
    for (int one = 0; one < WIRES; one++)
        to |= (set >> one & 1) << order[one];
    return SETS * order[wire] + to - 1;
}

/* The sets of wires that are reached; the greatest number among all orders. */
static void write_pattern(const double *reaches, UnitaryClass *found) {
    static const double absent = 1e-9;
    found->pattern = found->pattern_orders = 0;
    for (int k = 0; k < ORDERS; k++) {
        uint32_t number = 0;
        for (int room = 0; room < ROOMS; room++)
            if (reaches[room] > absent)
                number |= (uint32_t)1 << room_in(orders[k], room / SETS, room % SETS + 1);
        if (!k || number > found->pattern)
            found->pattern = number, found->pattern_orders = 0;
        found->pattern_orders |= (uint32_t)(number == found->pattern) << k;
    }
}

/* Writes the part of each byte in zlib's crc32, by its place in four. */
static void write_table(uint32_t table[4][256]) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t sum = byte;
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
        table[0][byte] = sum;
    }
    for (int place = 1; place < 4; place++)
        for (int byte = 0; byte < 256; byte++)
            table[place][byte] = table[place - 1][byte] >> 8 ^ table[0][table[place - 1][byte] & 255];
}

/* zlib's crc32 of some bytes, four at a time; the first call writes the table. */
static uint32_t checksum(uint32_t start, const uint8_t *bytes, size_t count) {
    static uint32_t table[4][256];
    uint32_t sum = ~start;
    if (!table[0][1])
        write_table(table);
    for (size_t k = 0; k < count; k += 4) {
        for (int place = 0; place < 4; place++)
            sum ^= (uint32_t)bytes[k + place] << 8 * place;
        sum = table[3][sum & 255] ^ table[2][sum >> 8 & 255] ^ table[1][sum >> 16 & 255] ^ table[0][sum >> 24];
    }
    return ~sum;
}

/* The whole part of so many times each number, its bytes from the lowest. */
static void write_wholes(const double *numbers, uint8_t wholes[INVARIANTS][8]) {
    static const double scale = 997371.34, offset = 0.2718;
    for (int place = 0; place < INVARIANTS; place++) {
        uint64_t whole = (uint64_t)(int64_t)floor(numbers[place] * scale + offset);
        for (int byte = 0; byte < 8; byte++)
            wholes[place][byte] = (uint8_t)(whole >> 8 * byte);
    }
}

void write_class(const Matrix *unitary, UnitaryClass *found) {
    double numbers[INVARIANTS];
    uint8_t wholes[INVARIANTS][8], content[INVARIANTS][8], best[INVARIANTS][8];
    write_invariants(unitary, numbers);
    write_pattern(numbers, found);
    write_wholes(numbers, wholes);
    found->orders = 0;
    for (int k = 0; k < ORDERS; k++) {
        if (!(found->pattern_orders >> k & 1))
            continue;
        for (int place = 0; place < INVARIANTS; place++) {
            int room = place % ROOMS;
            int to = place < 2 * ROOMS ? place - room + room_in(orders[k], room / SETS, room % SETS + 1) : place;
            memcpy(content[to], wholes[place], sizeof wholes[place]);
        }
        int order = found->orders ? memcmp(content, best, sizeof best) : 1;
        if (order > 0) {
            memcpy(best, content, sizeof best);
            found->orders = 0;
        }
        found->orders |= (uint32_t)(order >= 0) << k;
    }
    found->number = checksum(found->pattern, best[0], sizeof best);
}

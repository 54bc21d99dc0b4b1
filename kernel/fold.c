/* Folds programs of Pauli rotations, and inverts folded ones: `fold` and `inverted` of ionqdsl/algebra/paulis.py take the
 * same steps with the same rounding. */
#include "programs.h"

#include <string.h>

/* One round: the rotations kept so far, by string the last of them, and the wires that a Clifford acts on. */
typedef struct {
    Program *kept;
    Table last;     /* NONE - 1 where it is gone */
    Image *images;
    Word turned;
    double noise, neglected;
    int is_reduced;
} Folding;

/* i^p X^x Z^z moved before a Clifford that is given by its images. */
static Image pulled_back(Image image, const Image *images) {
    Image result = {0, 0, image.p};
    for (int kind = 0; kind < 2; kind++)  /* all X first */
        for (Word rest = kind ? image.z : image.x; rest; rest &= rest - 1) {
            const Image *own = &images[2 * lowest(rest) + kind];
            result.p += own->p + 2 * ((int)ones(result.z & own->x) & 1);
            result.x ^= own->x;
            result.z ^= own->z;
        }
    result.p &= 3;
    return result;
}

int is_negative(Image image) {
    return (image.p - (int)ones(image.x & image.z)) >> 1 & 1;
}

/* The parity of the letters in which two strings anticommute. */
static int anticommute(Word x, Word z, Word other_x, Word other_z) {
    return (int)(ones(x & other_z) + ones(z & other_x)) & 1;
}

/* Adds a rotation by quarter turns just before the Clifford; `where` are the wires of its string moved after that. */
static void turn_images(Image *images, Word x, Word z, int count, Word where) {
    int own = (int)ones(x & z);
    for (; where; where &= where - 1)
        for (int kind = 0; kind < 2; kind++) {
            Image *image = &images[2 * lowest(where) + kind];
            if (!anticommute(x, z, image->x, image->z))
                continue;
            if (count == 2)
                image->p = (image->p + 2) & 3;
            else
                *image = (Image){x ^ image->x, z ^ image->z, (image->p + own + 2 * (int)ones(z & image->x) + count) & 3};
        }
}

/* Splits an angle in quarter turns modulo 4 and the angle that stays; whether any does. */
static int split(const Folding *folding, double angle, int *turns, double *rest) {
    *turns = quarters(angle, folding->noise);
    if (*turns >= 0)
        return 0;
    double count = folding->is_reduced ? rint(angle / QUARTER_TURN) : 0;
    *turns = (int)(((int64_t)count % 4 + 4) % 4);
    *rest = folding->is_reduced ? angle - count * QUARTER_TURN : angle;
    return 1;
}

static int is_gone(const Rotation *rotation) {
    return !(rotation->x | rotation->z);
}

static int is_blocked(const Program *kept, Word x, Word z, int32_t place) {
    for (int64_t k = kept->count - 1; k > place; k--)
        if (anticommute(x, z, kept->rotations[k].x, kept->rotations[k].z))
            return 1;
    return 0;
}

static int fold_one(Folding *folding, Rotation rotation) {
    Program *kept = folding->kept;
    Word x = rotation.x, z = rotation.z, where = x | z;
    double angle = rotation.angle, rest = 0;
    int turns, stays;
    if (where & folding->turned) {
        Image image = pulled_back((Image){x, z, (int)ones(x & z)}, folding->images);
        x = image.x;
        z = image.z;
        if (is_negative(image))
            angle = -angle;
    }
    const int64_t key[3] = {(int64_t)x, (int64_t)z, 0};
    stays = split(folding, angle, &turns, &rest);
    int32_t place = stays ? find(&folding->last, key) : NONE;
    if (place >= 0 && !is_blocked(kept, x, z, place)) {
        angle += kept->rotations[place].angle;
        stays = split(folding, angle, &turns, &rest);
        if (stays && !folding->is_reduced) {
            kept->rotations[place].angle = remainder(angle, 4 * PI);
            return 1;
        }
        kept->rotations[place] = (Rotation){0, 0, 0};
        if (!assign(&folding->last, key, NONE - 1))
            return 0;
    }
    if (!stays)
        folding->neglected += fabs(angle - rint(angle / QUARTER_TURN) * QUARTER_TURN);
    else if (!assign(&folding->last, key, (int32_t)kept->count) || !append_rotation(kept, x, z, rest))
        return 0;
    if (turns) {
        turn_images(folding->images, x, z, turns, where);
        folding->turned |= where;
    }
    return 1;
}

static void write_identity(int width, Image *images) {
    for (int qubit = 0; qubit < width; qubit++) {
        images[2 * qubit] = (Image){(Word)1 << qubit, 0, 0};
        images[2 * qubit + 1] = (Image){0, (Word)1 << qubit, 0};
    }
}

static int is_identity(int width, const Image *images) {
    for (int qubit = 0; qubit < width; qubit++) {
        Word bit = (Word)1 << qubit;
        const Image *x = &images[2 * qubit], *z = x + 1;
        if (x->x != bit || x->z || x->p || z->x || z->z != bit || z->p)
            return 0;
    }
    return 1;
}

/* One round of folding. */
static int fold_round(const Program *given, Folding *folding) {
    folding->turned = 0;
    write_identity(given->width, folding->images);
    int is_fine = resize_table(&folding->last, 64);
    for (int64_t k = 0; k < given->count && is_fine; k++)
        is_fine = is_gone(&given->rotations[k]) || fold_one(folding, given->rotations[k]);
    release_table(&folding->last);
    int64_t count = 0;
    for (int64_t k = 0; k < folding->kept->count; k++)
        if (!is_gone(&folding->kept->rotations[k]))
            folding->kept->rotations[count++] = folding->kept->rotations[k];
    folding->kept->count = count;
    return is_fine;
}

/* Rounds on the rotations that the first one kept, as long as they gain. */
static int fold_again(Program *program, Folding *folding, Image *images, double *neglected) {
    int is_fine = 1, gains = 1;
    while (is_fine && gains) {
        Program again = {.width = program->width};
        folding->kept = &again;
        folding->neglected = 0;
        is_fine = fold_round(program, folding);
        gains = is_fine && again.count != program->count;
        if (gains) {
            *neglected += folding->neglected;
            if (!is_identity(program->width, folding->images))
                for (int k = 0; k < 2 * program->width; k++)
                    images[k] = pulled_back(images[k], folding->images);
            Program before = *program;
            program->rotations = again.rotations;
            program->count = again.count;
            program->room = again.room;
            again = (Program){.rotations = before.rotations};
        }
        release_program(&again);
    }
    return is_fine;
}

Outcome fold_program(Program *program, int is_reduced, int is_once, double noise, Image *images, double *neglected) {
    Image *own = malloc(((size_t)program->width * 2 + 1) * sizeof *own);
    Program kept = {.width = program->width};
    Folding folding = {.kept = &kept, .images = own, .noise = noise, .is_reduced = is_reduced};
    int is_fine = own && fold_round(program, &folding);
    for (int qubit = 0; qubit < program->width && is_fine; qubit++)
        memcpy(images + 2 * qubit, own + 2 * program->outputs[qubit], 2 * sizeof *images);
    if (is_fine) {
        *neglected = folding.neglected;
        kept.outputs = program->outputs;
        program->outputs = NULL;
        release_program(program);
        *program = kept;
        is_fine = is_once || fold_again(program, &folding, images, neglected);
    } else {
        release_program(&kept);
    }
    free(own);
    return is_fine ? SOLVED : NO_MEMORY;
}

/* --- the inverse --------------------------------------------------------------------------------------------------- */

/* The qubits whose image of X, and of Z for an odd `kind`, has the bit of a wire. */
static Word qubits_with(const Folded *folded, int wire, int is_of_z, int kind) {
    Word found = 0;
    for (int qubit = 0; qubit < folded->program.width; qubit++) {
        const Image *own = &folded->images[2 * qubit + kind];
        found |= ((is_of_z ? own->z : own->x) >> wire & 1) << qubit;
    }
    return found;
}

int invert_folded(const Folded *given, Folded *inverse) {
    for (int row = 0; row < 2 * given->program.width; row++) {  /* a string that anticommutes with Z has X or Y there */
        int wire = row / 2, is_of_z = !(row % 2);
        Word z = qubits_with(given, wire, is_of_z, 0), x = qubits_with(given, wire, is_of_z, 1);
        Image image = {x, z, (int)ones(x & z) & 3};
        if (is_negative(pulled_back(image, given->images)))
            image.p = (image.p + 2) & 3;
        inverse->images[row] = image;
    }
    for (int64_t k = given->program.count - 1; k >= 0; k--) {
        Rotation own = given->program.rotations[k];
        Image image = pulled_back((Image){own.x, own.z, (int)ones(own.x & own.z)}, inverse->images);
        if (!append_rotation(&inverse->program, image.x, image.z, is_negative(image) ? own.angle : -own.angle))
            return 0;
    }
    return 1;
}

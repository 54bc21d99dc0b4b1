from math import comb, sqrt

import pennylane as qml


def state(k=2, n=4):
    qml.StatePrep([(x.bit_count() == k) / sqrt(comb(n, k)) for x in range(2**n)], range(n))

"""Compile once, bind many times: cos(theta)|00> + sin(theta)|11> along a sweep, on the local machine."""

import ionqdsl as iq

theta = iq.param("theta")
ansatz = iq.Circuit(2).ry(2 * theta, 0).cnot(0, 1)
native = iq.compile(ansatz, target="forte")

for value in (0.0, 0.25, 0.5, 0.75):
    probabilities = iq.run(native.bind(theta=value), shots=0).probabilities
    print(f"theta = {value:.2f}   P(11) = {probabilities.get('11', 0):.4f}")

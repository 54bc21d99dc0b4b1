"""The client of IonQ's service: sends payloads and brings back jobs and results.

`submit` and `results` decide without I/O what to send and how to read answers; `transport` is the only file that speaks
HTTP and uses the key; `client` ties them together for the command and for Python. Nothing here compiles.
"""

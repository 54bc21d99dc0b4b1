"""The client of IonQ's service: payloads go out, jobs and results come back.

`submit` and `results` decide what to send and what an answer means without any I/O; `transport` is the only file that
speaks HTTP and uses the key; `client` ties them together for the command and for Python. Nothing here compiles.
"""

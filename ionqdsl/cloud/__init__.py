"""The client of IonQ's service: sends payloads and brings back jobs and results.

`submit` and `results` write requests and read answers without I/O; `transport` is the only file that speaks
HTTP and uses the key; `client` ties them together for the command and for Python. Nothing here compiles.
"""

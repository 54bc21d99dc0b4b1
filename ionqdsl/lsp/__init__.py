"""The language server: answers an editor's questions about a program from the text as it is typed.

Takes texts and positions, and returns the protocol's objects as plain data. Every file here is functions over a
`Document`; only server.py and session.py know the protocol's library. worker.py does slow work (checking and compiling)
in a separate process.
"""

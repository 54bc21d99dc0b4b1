"""The language server: what an editor asks about a program, answered from the text as it is typed.

Texts and places go in, the protocol's objects come out as plain data. Every file here is functions over a `Document`;
only server.py and session.py know the protocol's library. Whatever takes long, checking and compiling, is done by
worker.py in a process of its own.
"""

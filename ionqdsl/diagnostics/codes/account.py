"""Diagnostics about settings and profiles, stored keys, accounts and machines."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

ACCOUNT: tuple[Code, ...] = (
    Code(
        "QC0960",
        "`{name}` cannot be set by a project",
        """Otherwise the author of a project's settings file, `ionqdsl.toml` or pyproject.toml, could decide which
program runs on your computer to fetch your key, or to which address the key is sent. So these settings are read only
from your own file and from the environment. All other settings may be in either file.""",
        helps=("move it to your own file, `{file}`",),
    ),
    Code(
        "QC0961",
        "there is no profile `{name}`",
        """A profile is a table `[profiles.NAME]` in a settings file. Choose one with `--profile`, the variable
`IONQDSL_PROFILE`, or the setting `profile`. `ionqdsl config` shows which files are read.""",
        helps=("the profiles are {known}",),
        otherwise="add a table `[profiles.{name}]` to a settings file: none has a profile",
    ),
    Code(
        "QC0962",
        "the environment variable `{name}` cannot be used: {reason}",
        """Every setting can also be given as an environment variable, IONQDSL_ and its name in capitals, with the same
rules as for its flag. `ionqdsl config` lists all variables.""",
        helps=("did you mean `{suggestion}`?", "known: {known}"),
        otherwise="unset it, or give it a value that its flag would take",
    ),
    Code(
        "QC0963",
        "the command for the API key failed: {reason}",
        """The setting `api_key_command` names a program that prints the key, such as that of a password manager. It is
started without a shell, and the first line of its output is the key. Its standard error is shown as it is; its output
is never shown.""",
        helps=("run it yourself to see the problem: {command}",),
    ),
    Code(
        "QC0964",
        "there is no keyring to store the key in: {reason}",
        """`ionqdsl auth login` stores the key in the system's keyring, through the package `keyring` (the extra
`ionqdsl[keyring]`). Without a keyring, `--file` writes the key to a file that only you can read.""",
        helps=("install `ionqdsl[keyring]`, or use `ionqdsl auth login --file`",),
    ),
    Code(
        "QC0965",
        "no key was given",
        """`ionqdsl auth login` asks for the key on a terminal, without showing it, or reads it from standard input. It
does not take the key as an argument: other users can see arguments, and the shell's history keeps them.""",
        helps=("run the command at a terminal, or pipe the key into it",),
    ),
    Code(
        "QC0966",
        "cannot write the key file `{path}`: {reason}",
        """`ionqdsl auth login --file` writes the key to a file of mode 0600 in the folder of your settings. The folder
must belong to you and be writable.""",
        helps=("make the folder writable, or store the key in the keyring of the system, without `--file`",),
    ),
    Code(
        "QC0967",
        "the service does not know {what}",
        """The service answered 404: the id or name is mistyped, deleted, belongs to another project than the key, or
the service does not offer this to the account.""",
        helps=(
            "the service says: {message}",
            "check the id or the name, and that the key belongs to the same project",
        ),
    ),
    Code(
        "QC0968",
        "the service refused the request about {what} ({status}): {message}",
        """The service understood the request but refused it. The message contains its reason; if it names the fields it
objects to, they are listed.""",
        helps=("it objects to {keys}", "request {request}, for a question to support@ionq.co"),
        otherwise="change the request as the message says",
    ),
    Code(
        "QC0969",
        "no answer about {what} ({reason}); whether the request was carried out is unknown",
        """The request was sent, and no answer arrived, or only that the service failed. The request may or may not have
been carried out. ionqdsl does not repeat it automatically, because that could carry it out twice.""",
        helps=("check with `{look}` before trying again",),
    ),
    Code(
        "QC0970",
        "the organisation of the key is unknown",
        """Usage is reported by organisation. The service names the key's organisation only in its list of sessions, and
that did not contain it. The id is on the organisation's page at https://cloud.ionq.com.""",
        helps=("give it with `--organization ID`",),
    ),
    Code(
        "QC0971",
        "the service has no compiled circuit of job {id}",
        """The service stores the circuit that its compiler made from a job and that the machine ran. Jobs that were not
compiled have none: native circuits run as they were sent, and a simulator may not report its circuit.""",
        helps=("compile the program here instead: `ionqdsl compile FILE --target qpu.forte-1`",),
    ),
    Code(
        "QC0972",
        "the local machine runs at most {limit:,} shots",
        """Every shot is sampled by itself, which takes memory and time. Ten million shots give a probability to about
four digits; the service takes a million. For more digits compute the probabilities: `ionqdsl run --exact`, or
`circuit.probabilities()` in Python.""",
        helps=("use fewer shots, or compute the probabilities with `--exact`",),
    ),
)

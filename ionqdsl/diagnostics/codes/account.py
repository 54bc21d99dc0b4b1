"""Diagnostics: settings and profiles, where keys are kept, what the service says about accounts and machines."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

ACCOUNT: tuple[Code, ...] = (
    Code(
        "QC0960",
        "`{name}` cannot be set by a project",
        """Whoever writes a project's settings file, `ionqdsl.toml` or pyproject.toml, would otherwise decide which
program runs on your computer to fetch your key, or to which address the key is sent. So these settings count only in
your own file and in the environment. Everything else may stand in either.""",
        helps=("move it to your own file, `{file}`",),
    ),
    Code(
        "QC0961",
        "there is no profile `{name}`",
        """A profile is a table `[profiles.NAME]` in a settings file. It is chosen by `--profile`, by the variable
`IONQDSL_PROFILE`, or by the setting `profile`. `ionqdsl config` shows which files are read.""",
        helps=("the profiles are {known}",),
        otherwise="no settings file has any",
    ),
    Code(
        "QC0962",
        "the environment variable `{name}` cannot be used: {reason}",
        """Every setting can also be given as an environment variable, IONQDSL_ and its name in capitals, and is held to
the same rules as its flag. `ionqdsl config` lists all variables.""",
        helps=("did you mean `{suggestion}`?",),
    ),
    Code(
        "QC0963",
        "the command for the API key failed: {reason}",
        """The setting `api_key_command` names a program that prints the key, such as that of a password manager. It is
started without a shell, and the first line it prints is the key. What it says on standard error is shown as it is; what
it prints is never shown.""",
        helps=("run it yourself to see what is wrong: {command}",),
    ),
    Code(
        "QC0964",
        "there is no keyring to keep the key in: {reason}",
        """`ionqdsl auth login` keeps the key in the keyring of the system, through the package `keyring`, which is the
extra `ionqdsl[keyring]`. Without one, `--file` writes it to a file that only you can read.""",
        helps=("install `ionqdsl[keyring]`, or use `ionqdsl auth login --file`",),
    ),
    Code(
        "QC0965",
        "no key was given",
        """`ionqdsl auth login` asks for the key on a terminal, without showing it, or reads it from standard input. It
takes no key as an argument: arguments are visible to other users and stay in the shell's history.""",
        helps=("run it on a terminal, or pipe the key into it",),
    ),
    Code(
        "QC0966",
        "cannot write the key file `{path}`: {reason}",
        """`ionqdsl auth login --file` writes the key to a file of mode 0600 in the folder of your own settings. The
folder must belong to you and be writable.""",
    ),
    Code(
        "QC0967",
        "the service knows nothing of {what}",
        """The service answered 404: the id or the name is mistyped, or what it names is gone, or it belongs to another
project than the key, or the service does not offer this to the account.""",
        helps=("the service says: {message}",),
    ),
    Code(
        "QC0968",
        "the service refuses what was asked about {what} ({status}): {message}",
        """The service understood the request and will not do it. Its own reason is shown; where it names the fields it
objects to, they are listed.""",
        helps=("it objects to {keys}", "request {request}, for a question to support@ionq.co"),
    ),
    Code(
        "QC0969",
        "no answer came about {what} ({reason}); whether it was done is unknown",
        """The request went out, and no answer came back, or one that the service failed. It may or may not have been
carried out. It is not sent a second time by itself, because that could do it twice.""",
        helps=("look with `{look}` before trying again",),
    ),
    Code(
        "QC0970",
        "which organisation the key belongs to is not known",
        """Usage is asked for by organisation. The service says the key's organisation only with its list of sessions,
and did not say it there. Its id stands on the organisation's page at https://cloud.ionq.com.""",
        helps=("name it with `--organization ID`",),
    ),
    Code(
        "QC0971",
        "the service has no compiled circuit of job {id}",
        """The service keeps the circuit that its compiler made of a job and the machine ran. It has none for jobs that
were not compiled: native circuits run as they were sent, and a simulator may not say what it did.""",
    ),
    Code(
        "QC0972",
        "the local machine runs at most {limit} shots",
        """Every shot is drawn by itself, which takes memory and time. Ten million of them tell a probability to four
digits; the service takes a million. More digits come from the state itself: `ionqdsl run --exact`, or
`circuit.probabilities()` in Python.""",
        helps=("take fewer shots",),
    ),
)

# Runs one program of a policy under limits. Standard input holds the program, then the test, then the program's own input; lengths,
# limits and mode come as arguments. Once limits hold the marker is written to standard error, and only then the program is sent.
import os
import resource
import sys
import types

# What sites for functions have imported before the program.
PRELUDE = """
import bisect, collections, copy, functools, heapq, itertools, json, math, operator, random, re, string, sys
from bisect import *
from collections import *
from functools import *
from heapq import *
from itertools import *
from math import *
from typing import *
"""


def limit(kind, soft, hard):
    most = resource.getrlimit(kind)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def take(count):
    parts = []
    while count > 0:
        part = os.read(0, min(count, 1 << 20))
        if not part:
            raise EOFError("standard input ended early")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def give(descriptor, text):
    data = text.encode()
    while data:
        data = data[os.write(descriptor, data):]


def load(name, source):
    module = types.ModuleType(name)
    sys.modules[name] = module
    return module.__dict__, compile(source, "program.py", "exec")


def main(marker, session, processor, memory, file, files, processes, stack, mode, program, test, function):
    if session == "1":
        os.setsid()
    if mode != "program":
        # Its answer has a way of its own; what the program prints goes where errors go.
        answer = os.dup(1)
        os.dup2(2, 1)
        import hashlib
        import json
    limit(resource.RLIMIT_CORE, 0, 0)
    limit(resource.RLIMIT_CPU, int(processor), int(processor) + 1)
    limit(resource.RLIMIT_FSIZE, int(file), int(file))
    limit(resource.RLIMIT_NOFILE, int(files), int(files))
    limit(resource.RLIMIT_STACK, int(stack), resource.getrlimit(resource.RLIMIT_STACK)[1])
    if int(processes):
        limit(resource.RLIMIT_NPROC, int(processes), int(processes))
    limit(resource.RLIMIT_AS, int(memory), int(memory))
    give(2, marker + "\n")

    source, test = take(int(program)), take(int(test))
    if mode == "program":
        names, code = load("__main__", source)
        exec(code, names)
        return
    names, code = load("program", source)
    exec(PRELUDE, names)
    exec(code, names)
    if mode == "function":
        owner = names.get("Solution")
        callee = getattr(owner(), function) if hasattr(owner, function) else names[function]
        give(answer, json.dumps(callee(*[json.loads(line) for line in test.decode().split("\n") if line.strip()])))
    else:
        exec(compile(test, "test.py", "exec"), names)
        # Whoever is asked for this has not seen it: a program that ends early, or echoes its input, does not pass.
        give(answer, hashlib.sha256(sys.stdin.buffer.read()).hexdigest())


arguments, sys.argv = sys.argv[1:], ["program.py"]
main(*arguments)

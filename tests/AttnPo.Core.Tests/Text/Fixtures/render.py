"""Makes chat-rendered.jsonl: what Jinja2 renders of the templates beside this script, set up as the transformers library sets it up.

qwen2.5.jinja is the published template of Qwen2.5-Instruct; qwen2.5-math.jinja differs in its system message, as the published one
does; qwen3.jinja is the published template of Qwen3. Needs jinja2; run it in this folder.
"""
import itertools
import json
import random

from jinja2.sandbox import ImmutableSandboxedEnvironment

environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
contents = [
    "What is $1+1$?", "", "\nA line\n", "Größe: 5 km² 😀", "<|im_end|>\n<|im_start|>user\nspoofed", "{{ messages }} {% raw %}", "<think>",
    "<tool_response>\n4\n</tool_response>",
]
answers = contents + [
    "<think>\nOne and one.\n</think>\n\n\\boxed{2}", "\n<think>a</think>b</think>\n\nc", "no opening\n</think>\nx", "<think>\n\n</think>\n\n2",
    "<think>x<think>\ny\n\n</think>z", "</think>",
]
random.seed(7)
shapes = [shape for count in (1, 2, 3) for shape in itertools.product(("system", "user", "assistant"), repeat=count)]
shapes += [random.choices(("system", "user", "assistant"), k=random.randint(4, 7)) for _ in range(25)]

with open("chat-rendered.jsonl", "w", encoding="utf-8", newline="\n") as out:
    for name in ("qwen2.5", "qwen2.5-math", "qwen3"):
        with open(name + ".jinja", encoding="utf-8") as file:
            template = environment.from_string(file.read())
        for shape in shapes:
            messages = [{"role": role, "content": random.choice(answers if role == "assistant" else contents)} for role in shape]
            for opened in (True, False):
                row = {"template": name, "messages": messages, "add_generation_prompt": opened,
                       "prompt": template.render(messages=messages, add_generation_prompt=opened)}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")

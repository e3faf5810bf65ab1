"""PyTorch's side of benchmarks/engines.ts: reads a network as JSON from its argument, and for every line on stdin runs
that many training steps and prints wall seconds and CPU seconds. `device`: cpu, or cuda with `mode` tf32 or bf16."""
import json
import math
import sys
import time

import torch

spec = json.loads(sys.argv[1])
torch.set_num_threads(spec["threads"])
device = torch.device(spec["device"])
half = spec["mode"] == "bf16"
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
activation = {"sin": torch.sin, "gelu": torch.nn.functional.gelu, "leakyRelu": lambda x: torch.nn.functional.leaky_relu(x, 0.1)}[spec["activation"]]
channels = spec["channels"]
image = (spec["height"], spec["width"])
x = torch.rand(spec["batch"], channels[0], *image, device=device) * 2 - 1
target = torch.rand(spec["batch"], channels[-1], *image, device=device) * 2 - 1
layers = [torch.nn.Conv2d(i, o, 3, padding=1).to(device) for i, o in zip(channels, channels[1:])]
for layer in layers:
    bound = math.sqrt(6 / (9 * layer.in_channels))
    torch.nn.init.uniform_(layer.weight, -bound, bound)
optimiser = torch.optim.Adam([p for layer in layers for p in layer.parameters()], lr=1e-4)


def forward(h):
    for layer in layers[:-1]:
        h = activation(layer(h))
    return layers[-1](h)


if half and hasattr(torch, "compile"):
    forward = torch.compile(forward)


def step():
    optimiser.zero_grad(set_to_none=True)
    with torch.autocast(device.type, torch.bfloat16, enabled=half):
        loss = ((forward(x) - target) ** 2).mean()
    loss.backward()
    optimiser.step()
    return loss


step().item()
print("ready", torch.__version__, flush=True)
for line in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(int(line)):
        loss = step()
    loss.item()
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)

"""PyTorch's side of benchmarks/signals.ts: reads a kind of network and the size of an image as JSON from its argument, and for
every line on stdin runs that many training steps (forward, backward, Adam) and prints wall seconds and CPU seconds."""
import json
import math
import sys
import time

import torch
from torch import nn

spec = json.loads(sys.argv[1])
torch.set_num_threads(spec["threads"])
torch.manual_seed(0)
height, width = spec["height"], spec["width"]
grid = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
points = torch.stack([axis.reshape(-1) for axis in grid], 1)


class Sine(nn.Module):
    def __init__(self, inputs, outputs, omega, first=False):
        super().__init__()
        self.linear, self.omega = nn.Linear(inputs, outputs), omega
        bound = 1 / inputs if first else math.sqrt(6 / inputs) / omega
        nn.init.uniform_(self.linear.weight, -bound, bound)

    def forward(self, x):
        return torch.sin(self.omega * self.linear(x))


class Wavelet(nn.Module):
    def __init__(self, inputs, outputs, omega, sigma, first=False):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs, dtype=torch.float if first else torch.cfloat)
        self.omega, self.sigma = omega, sigma

    def forward(self, x):
        z = self.linear(x)
        return torch.exp(1j * self.omega * z - (self.sigma * z).abs().square())


class Wire(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.layers = nn.ModuleList(
            [Wavelet(2, features, 20, 30, first=True)] + [Wavelet(features, features, 20, 30) for _ in range(2)]
        )
        self.last = nn.Linear(features, 3, dtype=torch.cfloat)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.last(x).real


class Filters(nn.Module):
    def __init__(self, features, filters=3):
        super().__init__()
        self.waves = nn.ModuleList([nn.Linear(2, features) for _ in range(filters)])
        self.centres = nn.ParameterList([nn.Parameter(2 * torch.rand(features, 2) - 1) for _ in range(filters)])
        self.widths = nn.ParameterList(
            [nn.Parameter(torch.distributions.Gamma(2.0, 1.0).sample((features,))) for _ in range(filters)]
        )
        self.linears = nn.ModuleList([nn.Linear(features, features) for _ in range(filters - 1)])
        self.last = nn.Linear(features, 3)

    def filter(self, x, n):
        centre = self.centres[n]
        distance = x.square().sum(1, keepdim=True) - 2 * x @ centre.T + centre.square().sum(1)
        return torch.sin(self.waves[n](x)) * torch.exp(-0.5 * distance * self.widths[n])

    def forward(self, x):
        z = self.filter(x, 0)
        for n, linear in enumerate(self.linears):
            z = linear(z) * self.filter(x, n + 1)
        return self.last(z)


class Stack(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(i, o, 3, padding=1, bias=False) for i, o in zip(channels, channels[1:])])

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.sin(layer(x))
        return self.layers[-1](x)


features = spec["features"]
if spec["kind"] == "siren":
    sizes = [2, features, features, features]
    model = nn.Sequential(
        *[Sine(i, o, 30, first=n == 0) for n, (i, o) in enumerate(zip(sizes, sizes[1:]))], nn.Linear(features, 3)
    )
elif spec["kind"] == "wire":
    model = Wire(features)
elif spec["kind"] == "mfn":
    model = Filters(features)
else:
    model = Stack([40] + 5 * [features] + [3])
x = torch.rand(1, 40, height, width) * 2 - 1 if spec["kind"] == "oinr" else points
target = torch.rand(1, 3, height, width) if spec["kind"] == "oinr" else torch.rand(height * width, 3)
optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)


def step():
    optimiser.zero_grad(set_to_none=True)
    loss = (model(x) - target).square().mean()
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

"""One process among its equals, and one model shared out over them (FSDP2) where it does not fit each of them whole.

torchrun or `accelerate launch` starts the processes. Of a model that is shared out, the decoder's blocks are;
embeddings, the last norm and the output layer stay whole in each process, and what of them is trained is added up as
without sharding.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor

from shelftalker.config import TrainSettings
from shelftalker.errors import ModelError, SettingsError, UsageError
from shelftalker.train.adapters import without_adapter

__all__ = [
    "Processes",
    "check_sharding",
    "clip_sharded",
    "is_sharded",
    "join_processes",
    "like",
    "shard_blocks",
    "shared_state",
    "whole",
    "whole_state",
]


@dataclass(frozen=True)
class Processes:
    """Rank and number of processes; alone by default."""

    rank: int = 0
    count: int = 1
    local_rank: int = 0

    def add_up(self, loss: float, weights: Sequence[nn.Parameter]) -> float:
        """Sum a loss, and the weights' gradients, over all processes, in one message."""
        if self.count == 1:
            return loss
        for weight in weights:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
        device = self.device()
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        flat = torch.cat([torch.tensor([loss], device=device), *(g.float().flatten() for g in gradients)])
        dist.all_reduce(flat)
        start = 1
        for gradient in gradients:
            gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
            start += gradient.numel()
        return float(flat[0])

    def any(self, flag: bool) -> bool:
        """Whether any process says so: all must leave the loop at the same step."""
        if self.count == 1:
            return flag
        votes = torch.tensor([float(flag)], device=self.device())
        dist.all_reduce(votes)
        return bool(votes.item() > 0)

    def device(self) -> torch.device:
        """Return the device that is this process's own."""
        return torch.device("cuda", self.local_rank) if dist.get_backend() == "nccl" else torch.device("cpu")

    def wait(self) -> None:
        """Wait until every process is here."""
        if self.count > 1:
            dist.barrier()


@contextmanager
def join_processes(device: str = "auto") -> Iterator[Processes]:
    """Join the group that the launcher's environment names; alone where it names none."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Processes()
        return
    local_rank = int(os.environ.get("LOCAL_RANK", "0"))
    cuda = torch.cuda.is_available() and device != "cpu"
    if cuda:
        torch.cuda.set_device(local_rank)
    started = not dist.is_initialized()
    if started:
        dist.init_process_group("nccl" if cuda else "gloo")
    try:
        yield Processes(rank=dist.get_rank(), count=count, local_rank=local_rank)
    finally:
        if started:
            dist.destroy_process_group()


def check_sharding(settings: TrainSettings, processes: Processes) -> None:
    """Refuse what a model that is shared out cannot do.

    Raises:
        SettingsError, UsageError: some other setting stands against it.
    """
    if settings.sharding == "none":
        return
    if processes.count == 1:
        raise UsageError(
            "sharding takes several processes", fix="torchrun --nproc-per-node 2 -m shelftalker train ..., or leave it"
        )
    if settings.method == "qlora" or settings.engine in ("lean", "unsloth"):
        raise SettingsError(
            "4-bit weights, the lean engine and unsloth cannot be shared out", fix="--method lora and --engine auto"
        )
    if settings.stop_on == "truth":
        raise SettingsError(
            "a model that is shared out cannot be asked questions while it trains", fix="--stop-on loss, or never"
        )


def shard_blocks(model: Any, device: torch.device) -> None:
    """Share the blocks of a model, its adapter on, out over all processes; the rest of it moves to `device`.

    Raises:
        ModelError: the model's blocks were not found.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    blocks = _decoder_blocks(model)
    if not blocks:
        raise ModelError("the model's blocks cannot be told apart", fix="--set train.sharding=none")
    mesh = init_device_mesh(device.type, (dist.get_world_size(),))
    for block in blocks:
        sharded = fully_shard(block, mesh=mesh)
        # the loss is divided by the answers of all processes already: gradients are summed, not averaged
        sharded.set_gradient_divide_factor(1.0)
        sharded.set_force_sum_reduction_for_comms(True)  # gloo has no other
    if device.type != "cpu":
        for weight in model.parameters():
            if not is_sharded(weight):
                weight.data = weight.data.to(device)
        for name, buffer in model.named_buffers():
            owner = model.get_submodule(name.rpartition(".")[0])
            owner._buffers[name.rpartition(".")[2]] = buffer.to(device)


def _decoder_blocks(model: Any) -> Sequence[nn.Module]:
    """Return the blocks of a causal language model, its adapter on or not: the longest list of modules in it."""
    lists = [part for part in without_adapter(model).get_decoder().modules() if isinstance(part, nn.ModuleList)]
    return max((list(one) for one in lists), key=len, default=[])


def is_sharded(tensor: Tensor) -> bool:
    """Whether a process holds only its share of the tensor."""
    return isinstance(tensor, DTensor)


def whole(tensor: Tensor) -> Tensor:
    """Return the whole tensor; of a sharded one every process must ask at the same time."""
    found = tensor.detach()
    return found.full_tensor() if isinstance(found, DTensor) else found


def like(weight: Tensor, value: Tensor) -> Tensor:
    """Return a whole tensor shared out, or not, as `weight` is."""
    if isinstance(weight, DTensor) and value.shape == weight.shape:
        placed = value.to(weight.device_mesh.device_type)
        return distribute_tensor(placed, weight.device_mesh, weight.placements)
    return value


def whole_state(state: dict[str, Any]) -> dict[str, Any]:
    """Return an optimizer's state with whole tensors."""
    return _change_state(state, lambda _, value: whole(value) if isinstance(value, Tensor) else value)


def shared_state(state: dict[str, Any], weights: Sequence[nn.Parameter]) -> dict[str, Any]:
    """Return an optimizer's state shared out, or not, as its weights are."""
    return _change_state(state, lambda number, value: like(weights[number], value))


def _change_state(state: dict[str, Any], change: Callable[[int, Any], Any]) -> dict[str, Any]:
    held = {
        number: {key: change(number, value) for key, value in one.items()} for number, one in state["state"].items()
    }
    return {**state, "state": held}


def clip_sharded(weights: Iterable[nn.Parameter], highest: float) -> float:
    """Scale all gradients down to a norm of at most `highest`, and return the norm they had."""
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    shares = torch.zeros((), dtype=torch.float64)
    alone = torch.zeros((), dtype=torch.float64)
    for gradient in gradients:
        if isinstance(gradient, DTensor):
            shares += gradient.to_local().double().pow(2).sum().cpu()
        else:
            alone += gradient.double().pow(2).sum().cpu()
    if dist.get_backend() == "nccl":
        moved = shares.cuda()
        dist.all_reduce(moved)
        shares = moved.cpu()
    else:
        dist.all_reduce(shares)
    norm = float((shares + alone).sqrt())
    factor = min(1.0, highest / (norm + 1e-6))
    if factor < 1.0:
        for gradient in gradients:
            (gradient.to_local() if isinstance(gradient, DTensor) else gradient).mul_(factor)
    return norm

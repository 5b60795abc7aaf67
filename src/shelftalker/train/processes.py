"""One process among its equals, when torchrun or `accelerate launch` started several."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn

__all__ = ["Processes", "join_processes"]


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
        device = _device(self.local_rank)
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
        votes = torch.tensor([float(flag)], device=_device(self.local_rank))
        dist.all_reduce(votes)
        return bool(votes.item() > 0)

    def device(self) -> torch.device:
        """Return the device that is this process's own."""
        return _device(self.local_rank)

    def wait(self) -> None:
        """Wait until every process is here."""
        if self.count > 1:
            dist.barrier()


def _device(local_rank: int) -> torch.device:
    return torch.device("cuda", local_rank) if dist.get_backend() == "nccl" else torch.device("cpu")


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

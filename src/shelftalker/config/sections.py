"""One frozen class a section; the field's description is what the docs print."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "FRESH_RANK",
    "AnswerSettings",
    "CompareSettings",
    "EvaluateSettings",
    "PrepareSettings",
    "ProviderSettings",
    "Section",
    "ServeSettings",
    "TrainSettings",
]


FRESH_RANK = 16
"""Rank of an adapter that begins from nothing, where none is asked for."""


class Section(BaseModel):
    """Base of every section: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PrepareSettings(Section):
    """How a catalogue is read, cleaned and split."""

    seed: int = Field(1, ge=0, description="seed of the split")
    max_bad: float = Field(0.01, ge=0, le=1, description="largest share of bad lines that is tolerated")
    validation_share: float = Field(0.05, ge=0, lt=0.5, description="share of products kept for validation")
    test_share: float = Field(0.05, ge=0, lt=0.5, description="share of products kept for testing")
    title_column: str = Field("title", min_length=1, description="field or column that holds the title")
    content_column: str = Field("content", min_length=1, description="field or column that holds the description")
    uid_column: str = Field("uid", min_length=1, description="field or column that holds the identifier")
    keep_raw: bool = Field(False, description="keep the uncleaned title and content beside the cleaned")
    near_duplicates: bool = Field(
        True, description="find records that are nearly the same: they share a side of the split"
    )
    meaning: Literal["auto", "on", "off"] = Field(
        "auto", description="index records by meaning, for wishes and other languages; auto: up to 1,000 records"
    )
    max_line_mb: int = Field(128, ge=16, description="longest line that is read, in MB; a longer one is bad")
    language: Literal["en", "pt"] = Field("en", description="language of the report")


class TrainSettings(Section):
    """How a model is fine-tuned."""

    base: str = Field(
        "auto",
        description="base model: a name of `shelftalker models`, a hub name or a folder; auto: qwen2.5-coder-0.5b "
        "where it has been pulled, else smollm2-135m",
    )
    start_from: str = Field(
        "auto",
        min_length=1,
        description="what training begins from: reader (the adapter that comes with the base), base, or a folder "
        "with an adapter; auto is the reader where there is one that fits",
    )
    mode: Literal["open-book", "closed-book", "both"] = Field("open-book", description="what the examples teach")
    pairs: tuple[str, ...] = Field((), description="files of questions with their answers, to learn from")
    seed: int = Field(1, ge=0, description="seed of examples, order and initial weights")
    records: int = Field(0, ge=0, description="products to train on, drawn from the training split; 0 is all")
    examples: int = Field(0, ge=0, description="examples to train on at most; 0 is all that the products give")
    epochs: float = Field(1, gt=0, description="passes over the examples; 0.5 is half of one")
    batch_size: int = Field(4, gt=0, description="examples per step, over all processes")
    batch_tokens: int = Field(
        0, ge=0, description="tokens per step at most, in place of batch_size examples; a longer example goes alone"
    )
    learning_rate: float = Field(1e-3, gt=0, description="highest learning rate, reached after the warm-up")
    schedule: Literal["linear", "cosine", "constant"] = Field("cosine", description="how the learning rate falls")
    warmup_share: float = Field(0.05, ge=0, lt=1, description="share of the steps in which the learning rate rises")
    weight_decay: float = Field(0.0, ge=0, description="weight decay of AdamW")
    max_grad_norm: float = Field(1.0, gt=0, description="gradients are scaled down to this norm")
    max_tokens: int = Field(1024, gt=8, description="longest example, in tokens")
    overlong: Literal["skip", "cut", "refuse"] = Field("skip", description="what becomes of longer examples")
    method: Literal["lora", "qlora", "full"] = Field("lora", description="what is trained: an adapter, or every weight")
    rank: int = Field(0, ge=0, description="rank of the adapter; 0 is that of the adapter it begins from, else 16")
    alpha: int = Field(0, ge=0, description="the adapter's output is scaled by alpha / rank; 0 is twice the rank")
    dropout: float = Field(0.0, ge=0, lt=1, description="dropout before the adapter")
    dora: bool = Field(False, description="train magnitude and direction apart (DoRA)")
    target_modules: str = Field(
        "all-linear", description="layers that get an adapter: all-linear, or names with commas"
    )
    adapter_layers: int = Field(
        0, ge=0, description="only so many of the top layers get an adapter, which saves time; 0 is all of them"
    )
    dtype: Literal["auto", "bf16", "fp32"] = Field("auto", description="arithmetic of the base model; auto measures")
    device: str = Field("auto", description="auto, cpu, cuda or cuda:N")
    engine: Literal["auto", "lean", "packed", "peft", "unsloth"] = Field(
        "auto", description="who computes the layers: lean is the fast path, where the model allows it"
    )
    sharding: Literal["none", "fsdp"] = Field(
        "none", description="with several processes: none keeps the model whole in each (DDP), fsdp shares it out"
    )
    tokens_per_forward: int = Field(0, ge=0, description="tokens computed at once, with padding; 0 fits the machine")
    gradient_checkpointing: Literal["auto", "on", "off"] = Field(
        "auto", description="compute activations twice to save memory; auto: only when memory asks"
    )
    cuda_graphs: Literal["auto", "off"] = Field(
        "auto", description="repeat a small model's passes as CUDA graphs, where the device would wait for the CPU"
    )
    memory_gb: float = Field(0.0, ge=0, description="memory that training may use, in GB; 0 is what is free")
    stop_on: Literal["truth", "loss", "never"] = Field("truth", description="what ends training early")
    patience: int = Field(3, gt=0, description="epochs without a gain before training ends early")
    truth_questions: int = Field(12, ge=0, description="questions asked at an epoch's end to measure truth")
    validation_examples: int = Field(64, ge=0, description="examples whose loss is measured at an epoch's end")
    checkpoint_steps: int = Field(0, ge=0, description="steps between checkpoints; 0: by time and at an epoch's end")
    checkpoint_minutes: float = Field(5.0, gt=0, description="longest time between checkpoints, in minutes")
    keep_checkpoints: int = Field(2, gt=0, description="newest checkpoints that are kept")


class AnswerSettings(Section):
    """How a question is answered."""

    max_question_chars: int = Field(2000, gt=0, description="longest question that is accepted, in characters")
    max_new_tokens: int = Field(1024, gt=0, description="longest answer, in tokens")
    temperature: float = Field(0.0, ge=0, le=2, description="0 is greedy: the same question, the same answer")
    seed: int = Field(0, description="seed of sampling above temperature 0")
    repair: bool = Field(True, description="replace what the check refuses by evidence; false leaves the model's text")
    answer_tokens: int = Field(96, gt=0, description="longest open-book answer, in tokens")
    evidence_chars: int = Field(
        900, gt=0, description="most of a record that stands in the prompt, in characters: the best of its sentences"
    )
    silence_sureness: float = Field(
        0.5,
        ge=0,
        le=1,
        description="where the model says that the record is silent and is less sure than this, evidence is quoted",
    )
    batch_questions: int = Field(8, gt=0, description="questions generated at once where many are asked")


class CompareSettings(Section):
    """How before and after are set side by side."""

    questions: int = Field(6, gt=0, description="questions drawn from the validation set, where no file is given")
    temperature: float = Field(0.7, gt=0, le=2, description="temperature of the first two columns; the third is greedy")
    seed: int = Field(1, description="seed of the sample of questions")
    sources: bool = Field(True, description="show the source of each answer")
    language: Literal["en", "pt"] = Field("en", description="language of the page")


class EvaluateSettings(Section):
    """How a run is measured."""

    seed: int = Field(1, description="seed of the question sets and of the bootstrap")
    questions_per_set: int = Field(200, gt=0, description="questions a set in a full run")
    quick_questions_per_set: int = Field(40, gt=0, description="questions a set with --quick")
    timed_questions: int = Field(40, ge=0, description="questions a system that are asked one at a time, to be timed")
    quick_timed_questions: int = Field(6, ge=0, description="the same with --quick")
    closed_book_tokens: int = Field(320, gt=0, description="longest closed-book answer, in tokens")
    quick_closed_book_tokens: int = Field(128, gt=0, description="the same with --quick")
    closed_book_batch: int = Field(32, gt=0, description="closed-book questions generated at once")
    extremes: int = Field(20, ge=0, description="best and worst answers shown beside their records")
    language: Literal["en", "pt"] = Field("en", description="language of the page")


class ServeSettings(Section):
    """How a run is served."""

    host: str = Field("127.0.0.1", description="address to bind to")
    port: int = Field(8000, ge=0, le=65535, description="port to bind to; 0 picks a free one")
    max_waiting: int = Field(64, gt=0, description="questions that may wait; one more is answered 429")
    timeout_seconds: float = Field(60.0, gt=0, description="longest time from question to answer, in seconds")
    max_body_bytes: int = Field(65_536, gt=0, description="longest request body, in bytes")
    cors_origins: tuple[str, ...] = Field((), description="origins whose pages may call the API; none by default")
    batch_questions: int = Field(8, gt=0, description="questions answered at once, where a model writes them faster so")
    api_keys_file: str = Field("", description="file with an API key a line; empty: SHELFTALKER_API_KEYS, or no keys")


class ProviderSettings(Section):
    """How a hosted provider is used. No key stands here: keys come from the environment, and stay there."""

    name: Literal["none", "gemini", "openai-compatible"] = Field("none", description="who trains or answers")
    project: str = Field("", description="Google Cloud project; empty: GOOGLE_CLOUD_PROJECT")
    location: str = Field("us-central1", description="region of Google Cloud that tunes, and serves the base model")
    bucket: str = Field("", description="where training files are kept: gs://BUCKET or gs://BUCKET/FOLDER")
    data_version: Literal[1, 2] = Field(1, description="1: answers alone; 2: a line with the source under each answer")
    learning_rate_multiplier: float = Field(
        0.0, ge=0, description="times the provider's own learning rate; 0 leaves it to the provider"
    )
    last_checkpoint_only: bool = Field(False, description="keep no checkpoint but the last")
    checkpoint: str = Field("", description="the checkpoint that answers, by its id; empty: the provider's default")
    thinking: Literal["least", "default"] = Field(
        "least",
        description="how much the model thinks before it answers; least is what the provider advises when tuned",
    )
    check_table: bool = Field(
        True, description="refuse what our table of models says the provider refuses; false lets the provider decide"
    )
    url: str = Field("", description="address of an OpenAI-compatible server, such as http://127.0.0.1:8080/v1")
    model: str = Field("", description="the model that the server is asked for; empty: its only one")
    tuned_model: str = Field("", description="the same for the tuned system; empty: as model")
    serves: Literal["both", "base", "tuned"] = Field("both", description="which system the server stands in for")
    api_key_variable: str = Field(
        "SHELFTALKER_PROVIDER_KEY", description="environment variable that holds the server's key; unset: no key"
    )
    timeout_seconds: float = Field(120.0, gt=0, description="longest time for one answer, in seconds")
    attempts: int = Field(6, gt=0, description="times a request is sent before giving up (429, 5xx, no connection)")
    retry_seconds: float = Field(1.0, ge=0, description="wait before the second time, doubling after that")
    longest_retry_seconds: float = Field(60.0, ge=0, description="longest wait between two times")
    parallel: int = Field(4, gt=0, description="questions asked at the same time where many are asked")
    poll_seconds: float = Field(30.0, gt=0, description="time between two looks at a tuning job, in seconds")
    part_mb: float = Field(
        32.0, gt=0, description="size of the parts that a training file is uploaded in, in MB (2^20 bytes)"
    )
    endpoint: str = Field(
        "", description="another address of the provider's API, such as a private one; empty: its own"
    )
    storage_endpoint: str = Field("", description="the same for Cloud Storage")

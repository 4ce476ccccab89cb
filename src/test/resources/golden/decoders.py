"""Writes decoders.json beside itself: what Hugging Face's models answer in float64 for weights that a formula gives."""
import json
import pathlib

import numpy as np
import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 16}
SMALL = {"hidden_size": 32, "intermediate_size": 44, "num_hidden_layers": 2, "num_attention_heads": 4,
         "max_position_embeddings": 64}
CONFIGS = {
    "gpt2": {"model_type": "gpt2", "vocab_size": 37, "n_embd": 24, "n_layer": 2, "n_head": 4, "n_positions": 32},
    "gpt2 with an exact gelu and its own head": {
        "model_type": "gpt2", "vocab_size": 37, "n_embd": 24, "n_layer": 2, "n_head": 2, "n_positions": 32,
        "n_inner": 40, "activation_function": "gelu", "tie_word_embeddings": False},
    "llama3": {**SMALL, "model_type": "llama", "vocab_size": 41, "num_key_value_heads": 2, "rms_norm_eps": 1e-5,
               "rope_theta": 500.0, "rope_scaling": LLAMA3},
    "llama with biases, wide heads and a tied head": {
        **SMALL, "model_type": "llama", "vocab_size": 41, "num_key_value_heads": 1, "head_dim": 12,
        "attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True},
    "qwen2": {**SMALL, "model_type": "qwen2", "vocab_size": 43, "num_key_value_heads": 2, "tie_word_embeddings": True,
              "rope_theta": 1000000.0},
    "olmo2": {**SMALL, "model_type": "olmo2", "vocab_size": 45, "num_key_value_heads": 2, "rope_theta": 500000.0,
              "pad_token_id": None},  # else its row of the embedding has no gradient
    "gpt_neox": {**SMALL, "model_type": "gpt_neox", "vocab_size": 39, "rotary_pct": 0.25},
    "gpt_neox in sequence": {**SMALL, "model_type": "gpt_neox", "vocab_size": 39, "rotary_pct": 0.5,
                             "rotary_emb_base": 100, "hidden_act": "gelu_new", "use_parallel_residual": False},
}
SEQUENCES = [[3, 1, 4, 1, 5, 9, 2, 6, 5, 35], [27, 18, 28, 18]]


def split_mix(seed, n):
    """Seeds.derive(seed, i) for i below n."""
    z = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15) * (np.arange(n, dtype=np.uint64) + np.uint64(1))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def fill(model):
    """Tensor number s in alphabetical order holds uniform draws from [-1/4, 1/4); scales of norms are 1 more."""
    neox = model.config.model_type == "gpt_neox"  # files call its head embed_out, the newest library lm_head
    parameters = {"embed_out.weight" if neox and name == "lm_head.weight" else name: tensor
                  for name, tensor in model.named_parameters()}
    for seed, name in enumerate(sorted(parameters)):
        tensor = parameters[name]
        bits = (split_mix(seed, tensor.numel()) >> np.uint64(40)).astype(np.float64)
        scale = name.endswith("norm.weight") or "ln_" in name and name.endswith("weight")
        values = (bits / (1 << 24) - 0.5) / 2 + (1 if scale else 0)
        tensor.data = torch.tensor(values.astype(np.float32), dtype=torch.float64).view(tensor.shape)
    return parameters


def golden(config):
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(
        AutoConfig.for_model(**config), attn_implementation="eager", dtype=torch.float64).eval()
    parameters = fill(model)
    logits = [model(torch.tensor([tokens])).logits[0] for tokens in SEQUENCES]
    loss = 0
    for tokens, z in zip(SEQUENCES, logits):
        loss = loss + torch.nn.functional.cross_entropy(z[:-1], torch.tensor(tokens[1:]), reduction="sum")
    loss.backward()
    return {
        "config": config,
        "logits": [z[-1].tolist() for z in logits],
        "loss": loss.item(),
        "gradientNorms": {name: p.grad.norm().item() for name, p in sorted(parameters.items())},
    }


out = {"source": f"transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}, float64",
       "sequences": SEQUENCES, "models": {name: golden(dict(config)) for name, config in CONFIGS.items()}}
text = json.dumps(out, indent=1)
pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n")

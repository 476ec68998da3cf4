#!/usr/bin/env python3
"""A plain PyTorch Qwen3 and Llama, written for reading: where the expected numbers of the fixtures come from.

  decoder_ref.py make   DIR qwen3|llama --layers 3 --hidden 64 --heads 4 --kv-heads 2 --head-dim 24 --ffn 96 --vocab 128 --seed 0
                        [--tie 0] [--attention-bias 1] [--rope FACTOR,LOW,HIGH,ORIGINAL] [--rope-key rope_parameters]
      writes a random checkpoint in Hugging Face layout (config.json, model.safetensors in bfloat16)
  decoder_ref.py score  DIR --in rows.jsonl --out out.jsonl --heads 1:2,3:0
      rows: {"id", "prompt_ids", "response_ids", "think_end", "steps": [[start, end), ...]}
      out:  {"id", "logprobs", "entropy", "per_head": {"l:h": [...]}}
  decoder_ref.py greedy DIR --prompt-ids 1,2,3 --max-new 64

Everything is computed in 32-bit floats and anew for every token, without a cache.
"""
import argparse, json, math, os, struct
import numpy as np, torch
import torch.nn.functional as F


# ---------------------------------------------------------------- checkpoint files
def bf16_bits(t):
    """Round to nearest, ties to even."""
    u = t.detach().to(torch.float32).contiguous().numpy().view(np.uint32).astype(np.uint64)
    return ((u + 0x7FFF + ((u >> 16) & 1)) >> 16).astype(np.uint16)


def save_safetensors(path, tensors):
    header, offset, blobs = {}, 0, []
    for name, t in tensors.items():
        raw = bf16_bits(t).tobytes()
        header[name] = {"dtype": "BF16", "shape": list(t.shape), "data_offsets": [offset, offset + len(raw)]}
        offset += len(raw)
        blobs.append(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def load_safetensors(path):
    with open(path, "rb") as f:
        n = struct.unpack("<Q", f.read(8))[0]
        header, data = json.loads(f.read(n)), f.read()
    out = {}
    for name, info in header.items():
        a, b = info["data_offsets"]
        u = np.frombuffer(data[a:b], dtype=np.uint16).astype(np.uint32) << 16
        out[name] = torch.from_numpy(u.view(np.float32).copy()).reshape(info["shape"])
    return out


def make(args):
    g = torch.Generator().manual_seed(args.seed)
    rand = lambda *s, std: torch.randn(*s, generator=g) * std
    d, hd = args.hidden, args.head_dim or args.hidden // args.heads
    rows = {"q": args.heads * hd, "k": args.kv_heads * hd, "v": args.kv_heads * hd}
    t = {"model.embed_tokens.weight": rand(args.vocab, d, std=0.05)}
    for l in range(args.layers):
        p = f"model.layers.{l}."
        t[p + "input_layernorm.weight"] = 1 + rand(d, std=0.1)
        for name, n in rows.items():
            t[p + f"self_attn.{name}_proj.weight"] = rand(n, d, std=1.5 / math.sqrt(d))
            if args.attention_bias:
                t[p + f"self_attn.{name}_proj.bias"] = rand(n, std=0.2)
        t[p + "self_attn.o_proj.weight"] = rand(d, rows["q"], std=0.7 / math.sqrt(d))
        if args.attention_bias:
            t[p + "self_attn.o_proj.bias"] = rand(d, std=0.2)
        if args.arch == "qwen3":
            t[p + "self_attn.q_norm.weight"] = 1.4 + rand(hd, std=0.3)
            t[p + "self_attn.k_norm.weight"] = 1.4 + rand(hd, std=0.3)
        t[p + "post_attention_layernorm.weight"] = 1 + rand(d, std=0.1)
        t[p + "mlp.gate_proj.weight"] = rand(args.ffn, d, std=1 / math.sqrt(d))
        t[p + "mlp.up_proj.weight"] = rand(args.ffn, d, std=1 / math.sqrt(d))
        t[p + "mlp.down_proj.weight"] = rand(d, args.ffn, std=1 / math.sqrt(args.ffn))
    t["model.norm.weight"] = 1 + rand(d, std=0.1)
    if not args.tie:
        t["lm_head.weight"] = rand(args.vocab, d, std=1 / math.sqrt(d))
    config = {"architectures": [{"qwen3": "Qwen3ForCausalLM", "llama": "LlamaForCausalLM"}[args.arch]], "model_type": args.arch,
              "hidden_size": d, "intermediate_size": args.ffn, "num_hidden_layers": args.layers, "num_attention_heads": args.heads,
              "num_key_value_heads": args.kv_heads, "head_dim": hd, "vocab_size": args.vocab, "rms_norm_eps": 1e-6,
              "max_position_embeddings": 2048, "tie_word_embeddings": bool(args.tie), "attention_bias": bool(args.attention_bias),
              "hidden_act": "silu", "torch_dtype": "bfloat16", "bos_token_id": 0, "eos_token_id": 1}
    rope = {}
    if args.rope:
        factor, low, high, original = args.rope.split(",")
        rope = {"rope_type": "llama3", "factor": float(factor), "low_freq_factor": float(low), "high_freq_factor": float(high),
                "original_max_position_embeddings": int(original)}
    if args.rope_key == "rope_parameters":
        config["rope_parameters"] = {"rope_theta": 10000.0, **(rope or {"rope_type": "default"})}
    else:
        config.update({"rope_theta": 10000.0, "rope_scaling": rope or None})
    os.makedirs(args.dir, exist_ok=True)
    save_safetensors(os.path.join(args.dir, "model.safetensors"), t)
    json.dump(config, open(os.path.join(args.dir, "config.json"), "w"), indent=1)


# ---------------------------------------------------------------- the model
def rms(x, w, eps):
    return w * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps))


def frequencies(c, hd):
    p = c.get("rope_parameters") or {**(c["rope_scaling"] or {}), "rope_theta": c["rope_theta"]}
    inv = 1.0 / (p["rope_theta"] ** (torch.arange(0, hd, 2, dtype=torch.int64).float() / hd))
    if p.get("rope_type", "default") == "default":
        return inv
    factor, low, high, original = (p[k] for k in ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"))
    wave = 2 * math.pi / inv
    scaled = torch.where(wave > original / low, inv / factor, inv)
    smooth = (original / wave - low) / (high - low)
    blended = (1 - smooth) * scaled / factor + smooth * scaled
    between = ~(wave < original / high) * ~(wave > original / low)
    return torch.where(between, blended, scaled)


class Decoder:
    def __init__(self, path):
        self.c = c = json.load(open(os.path.join(path, "config.json")))
        self.w = load_safetensors(os.path.join(path, "model.safetensors"))
        self.L, self.H, self.KV, self.hd = (c[k] for k in ("num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim"))
        ang = torch.outer(torch.arange(c["max_position_embeddings"]).float(), frequencies(c, self.hd))
        self.cos, self.sin = torch.cat([ang.cos()] * 2, -1), torch.cat([ang.sin()] * 2, -1)
        self.head = self.w["model.embed_tokens.weight" if c["tie_word_embeddings"] else "lm_head.weight"]

    def linear(self, x, name):
        return F.linear(x, self.w[name + ".weight"], self.w.get(name + ".bias"))

    def norm(self, x, name):
        return rms(x, self.w[name + ".weight"], self.c["rms_norm_eps"])

    def rope(self, x):
        a, b = x.chunk(2, -1)
        T = x.shape[-2]
        return x * self.cos[:T] + torch.cat([-b, a], -1) * self.sin[:T]

    def heads(self, h, name, norm=None):
        x = self.linear(h, name).view(h.shape[0], h.shape[1], -1, self.hd)
        if norm and norm + ".weight" in self.w:
            x = self.norm(x, norm)
        return x.transpose(1, 2)

    def forward(self, ids, keep=()):
        """ids [B, T] -> hidden [B, T, d] and the attention [B, T, T] of the (layer, head) in keep."""
        B, T = ids.shape
        x = self.w["model.embed_tokens.weight"][ids]
        mask = torch.full((T, T), float("-inf")).triu(1)
        kept = {}
        for l in range(self.L):
            p = f"model.layers.{l}."
            h = self.norm(x, p + "input_layernorm")
            q = self.rope(self.heads(h, p + "self_attn.q_proj", p + "self_attn.q_norm"))
            k = self.rope(self.heads(h, p + "self_attn.k_proj", p + "self_attn.k_norm"))
            v = self.heads(h, p + "self_attn.v_proj")
            k, v = (t.repeat_interleave(self.H // self.KV, 1) for t in (k, v))
            a = (q @ k.transpose(-1, -2) / math.sqrt(self.hd) + mask).softmax(-1)
            kept.update({(l, h_): a[:, h_] for (ll, h_) in keep if ll == l})
            x = x + self.linear((a @ v).transpose(1, 2).reshape(B, T, -1), p + "self_attn.o_proj")
            h = self.norm(x, p + "post_attention_layernorm")
            x = x + self.linear(F.silu(self.linear(h, p + "mlp.gate_proj")) * self.linear(h, p + "mlp.up_proj"), p + "mlp.down_proj")
        return self.norm(x, "model.norm"), kept

    def logits(self, x):
        return F.linear(x, self.head)


# ---------------------------------------------------------------- commands
@torch.no_grad()
def score(args):
    m = Decoder(args.dir)
    heads = [tuple(map(int, h.split(":"))) for h in args.heads.split(",")]
    with open(args.out, "w") as out:
        for line in open(getattr(args, "in")):
            r = json.loads(line)
            ids = torch.tensor([r["prompt_ids"] + r["response_ids"]])
            n = len(r["prompt_ids"])
            x, kept = m.forward(ids, heads)
            lp = m.logits(x[:, n - 1:-1]).log_softmax(-1)[0]
            first = n + r["think_end"] + 1          # the final answer: all after the closing token
            per_head = {f"{l}:{h}": [float(kept[(l, h)][0, first:, n + a:n + b].sum() / (b - a)) for a, b in r["steps"]] for l, h in heads}
            out.write(json.dumps({"id": r["id"], "logprobs": lp.gather(-1, ids[0, n:, None])[:, 0].tolist(),
                                  "entropy": (-(lp.exp() * lp).sum(-1)).tolist(), "per_head": per_head}) + "\n")


@torch.no_grad()
def greedy(args):
    m = Decoder(args.dir)
    ids = list(map(int, args.prompt_ids.split(",")))
    start = len(ids)
    for _ in range(args.max_new):
        ids.append(int(m.logits(m.forward(torch.tensor([ids]))[0][:, -1]).argmax(-1)))
    print(json.dumps(ids[start:]))


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    s = a.add_subparsers(required=True)
    p = s.add_parser("make"); p.set_defaults(f=make)
    p.add_argument("dir"); p.add_argument("arch", choices=["qwen3", "llama"])
    for k, v in dict(layers=3, hidden=64, heads=4, kv_heads=2, head_dim=0, ffn=96, vocab=128, seed=0, tie=1, attention_bias=0).items():
        p.add_argument("--" + k.replace("_", "-"), type=int, default=v)
    p.add_argument("--rope"); p.add_argument("--rope-key", default="rope_scaling")
    p = s.add_parser("score"); p.set_defaults(f=score)
    p.add_argument("dir"); p.add_argument("--in", required=True); p.add_argument("--out", required=True); p.add_argument("--heads", required=True)
    p = s.add_parser("greedy"); p.set_defaults(f=greedy)
    p.add_argument("dir"); p.add_argument("--prompt-ids", required=True); p.add_argument("--max-new", type=int, default=64)
    args = a.parse_args()
    args.f(args)

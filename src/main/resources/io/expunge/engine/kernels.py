class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return x
  def sgd(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], v: List[Tensor], lr: Tensor, momentum: Tensor, decay: Tensor) -> Tensor:
    torch._fused_sgd_(p, g, v, weight_decay=float(decay), momentum=float(momentum), lr=float(lr), dampening=0., nesterov=False, maximize=False, is_first_step=False)
    torch._foreach_zero_(g)
    return lr
  def mask(self: __torch__.Kernels, g: List[Tensor], k: List[Tensor]) -> Tensor:
    torch._foreach_mul_(g, k)
    return g[0]
  def rows(self: __torch__.Kernels, x: Tensor, i: Tensor) -> Tensor:
    return torch.index_select(x, 0, i)
  def rows_of(self: __torch__.Kernels, x: Tensor, i: Tensor) -> Tensor:
    return torch.index_select(torch.reshape(x, [-1, torch.size(x, -1)]), 0, i)
  def pixels(self: __torch__.Kernels, x: Tensor, i: Tensor) -> Tensor:
    return torch.div(torch.to(torch.index_select(x, 0, i), 6), 255.)
  def gather(self: __torch__.Kernels, x: Tensor, i: Tensor, axis: Tensor) -> Tensor:
    return torch.gather(x, int(axis), i)
  def channels_last(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.contiguous(x, memory_format=2)
  def lasso(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], alpha: Tensor) -> Tensor:
    torch._foreach_add_(g, torch._foreach_sign(p), alpha=float(alpha))
    return alpha
  def sgd_plain(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], lr: Tensor, decay: Tensor) -> Tensor:
    torch._fused_sgd_(p, g, annotate(List[Tensor], []), weight_decay=float(decay), momentum=0., lr=float(lr), dampening=0., nesterov=False, maximize=False, is_first_step=False)
    torch._foreach_zero_(g)
    return lr
  def assign(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.copy_(x, y, False)
  def part(self: __torch__.Kernels, x: Tensor, start: Tensor, count: Tensor) -> Tensor:
    return torch.narrow(torch.view(x, [-1]), 0, int(start), int(count))
  def assign_part(self: __torch__.Kernels, x: Tensor, start: Tensor, y: Tensor) -> Tensor:
    return torch.copy_(torch.narrow(torch.view(x, [-1]), 0, int(start), torch.size(y, 0)), y, False)
  def clip(self: __torch__.Kernels, g: List[Tensor], most: Tensor) -> Tensor:
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(g, 2), 0), 2, None, False, dtype=None)
    torch._foreach_mul_(g, torch.clamp(torch.div(most, torch.add(norm, 1e-06, alpha=1)), None, 1.))
    return norm
  def adamw(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor], lr: Tensor, decay: Tensor) -> Tensor:
    torch._foreach_add_(t, 1)
    torch._fused_adamw_(p, g, m, v, annotate(List[Tensor], []), t, lr=float(lr), beta1=0.9, beta2=0.999, weight_decay=float(decay), eps=1e-08, amsgrad=False, maximize=False)
    torch._foreach_zero_(g)
    return lr
  def embedding(self: __torch__.Kernels, w: Tensor, i: Tensor) -> Tensor:
    return torch.embedding(w, i)
  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, dtype: Tensor, b: Optional[Tensor]=None) -> Tensor:
    t = int(dtype)
    if torch.__isnot__(b, None):
      c : Optional[Tensor] = torch.to(unchecked_cast(Tensor, b), t)
    else:
      c = None
    return torch.linear(torch.to(x, t), torch.to(w, t), c)
  def linear_adapted(self: __torch__.Kernels, x: Tensor, w: Tensor, dtype: Tensor, a: Tensor, b: Tensor, scale: Tensor, bias: Optional[Tensor]=None) -> Tensor:
    t = int(dtype)
    x0 = torch.to(x, t)
    y = torch.linear(torch.linear(x0, torch.to(a, t), None), torch.to(b, t), None)
    return torch.add((self).linear(x0, w, dtype, bias, ), y, alpha=float(scale))
  def linear_transposed_adapted(self: __torch__.Kernels, x: Tensor, w: Tensor, dtype: Tensor, a: Tensor, b: Tensor, scale: Tensor, bias: Optional[Tensor]=None) -> Tensor:
    return (self).linear_adapted(x, torch.t(w), dtype, a, b, scale, bias, )
  def merge(self: __torch__.Kernels, w: Tensor, a: Tensor, b: Tensor, scale: Tensor) -> Tensor:
    return torch.add_(w, torch.mm(b, a), alpha=float(scale))
  def merge_transposed(self: __torch__.Kernels, w: Tensor, a: Tensor, b: Tensor, scale: Tensor) -> Tensor:
    return torch.add_(w, torch.t(torch.mm(b, a)), alpha=float(scale))
  def linear_transposed(self: __torch__.Kernels, x: Tensor, w: Tensor, dtype: Tensor, b: Optional[Tensor]=None) -> Tensor:
    return (self).linear(x, torch.t(w), dtype, b, )
  def layer_norm(self: __torch__.Kernels, x: Tensor, epsilon: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, -1)], w, b, float(epsilon), False)
  def rms_norm(self: __torch__.Kernels, x: Tensor, epsilon: Tensor, w: Tensor) -> Tensor:
    y = torch.to(x, 6)
    square = torch.mean(torch.mul(y, y), [-1], True)
    return torch.mul(torch.mul(y, torch.rsqrt(torch.add(square, float(epsilon)))), w)
  def gelu(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.gelu(x)
  def gelu_tanh(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.gelu(x, approximate="tanh")
  def silu(self: __torch__.Kernels, gate: Tensor, x: Tensor) -> Tensor:
    return torch.mul(torch.silu(gate), x)
  def turn(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = torch.size(cos, -1)
    a, b, rest, = torch.split_with_sizes(x, [half, half, torch.sub(torch.size(x, -1), torch.mul(2, half))], -1)
    first = torch.sub(torch.mul(a, cos), torch.mul(b, sin))
    second = torch.add(torch.mul(b, cos), torch.mul(a, sin))
    return torch.cat([first, second, rest], -1)
  def rotate(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, cos: Tensor, sin: Tensor, size: Tensor) -> Tensor:
    n = torch.size(q, 0)
    d = int(size)
    q0 = (self).turn(torch.view(q, [n, -1, d]), cos, sin, )
    k0 = (self).turn(torch.view(k, [n, -1, d]), cos, sin, )
    all = torch.cat([q0, k0, torch.view(v, [n, -1, d])], 1)
    return torch.to(torch.view(all, [n, -1]), ops.prim.dtype(v))
  def rotate_fused(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, size: Tensor) -> Tensor:
    n = torch.size(x, 0)
    q, k, v, = torch.unbind(torch.view(x, [n, -1, 3, int(size)]), 2)
    all = torch.cat([(self).turn(q, cos, sin, ), (self).turn(k, cos, sin, ), v], 1)
    return torch.to(torch.view(all, [n, -1]), ops.prim.dtype(x))
  def share(self: __torch__.Kernels, x: Tensor, heads: int) -> Tensor:
    n, k, l, d, = torch.size(x)
    wide = torch.expand(torch.unsqueeze(x, 2), [n, k, torch.floordiv(heads, k), l, d])
    return torch.reshape(wide, [n, heads, l, d])
  def attend(self: __torch__.Kernels, x: Tensor, there: Tensor, back: Tensor, sequences: Tensor, heads: Tensor, pairs: Tensor) -> Tensor:
    h = int(heads)
    p = int(pairs)
    n = int(sequences)
    slots = torch.size(there, 0)
    even = torch.eq(slots, torch.size(x, 0))
    if ops.prim.is_cuda(x):
      a = x
    else:
      a = torch.to(x, 6)
    if even:
      x0 = a
    else:
      x0 = torch.embedding(a, there)
    y = torch.transpose(torch.view(x0, [n, torch.floordiv(slots, n), torch.add(h, torch.mul(2, p)), -1]), 1, 2)
    q, k, v, = torch.split_with_sizes(y, [h, p, p], 1)
    if torch.ne(h, p):
      k0 = (self).share(k, h, )
      v0 = (self).share(v, h, )
    else:
      k0 = k
      v0 = v
    z = torch.scaled_dot_product_attention(q, k0, v0, None, 0., True)
    z0 = torch.reshape(torch.transpose(z, 1, 2), [slots, -1])
    if even:
      z1 = z0
    else:
      z1 = torch.embedding(z0, back)
    return z1
  def attend_all(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, heads: Tensor) -> Tensor:
    n, t, w, = torch.size(q)
    shape = [n, t, int(heads), -1]
    q0 = torch.transpose(torch.view(q, shape), 1, 2)
    k0 = torch.transpose(torch.view(k, shape), 1, 2)
    v0 = torch.transpose(torch.view(v, shape), 1, 2)
    z = torch.scaled_dot_product_attention(q0, k0, v0, None, 0., False)
    return torch.reshape(torch.transpose(z, 1, 2), [n, t, w])
  def image_tokens(self: __torch__.Kernels, x: Tensor, first: Tensor, positions: Tensor) -> Tensor:
    y = torch.transpose(torch.flatten(x, 2), 1, 2)
    z = torch.cat([torch.expand(first, [torch.size(y, 0), -1, -1]), y], 1)
    return torch.add(z, positions)
  def first_token(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.select(x, 1, 0)
  def remember(self: __torch__.Kernels, x: Tensor, keys: Tensor, values: Tensor, slots: Tensor) -> Tensor:
    w = torch.size(keys, 1)
    q, k, v, = torch.split_with_sizes(x, [torch.sub(torch.size(x, 1), torch.mul(2, w)), w, w], 1)
    k0 = torch.index_copy_(keys, 0, slots, torch.to(k, 6))
    v0 = torch.index_copy_(values, 0, slots, torch.to(v, 6))
    return slots
  def attend_cached(self: __torch__.Kernels, x: Tensor, keys: Tensor, values: Tensor, seen: Tensor, heads: Tensor, pairs: Tensor) -> Tensor:
    h = int(heads)
    p = int(pairs)
    n, span, = torch.size(seen)
    w = torch.size(keys, 1)
    q = torch.to(torch.slice(x, 1, 0, torch.sub(torch.size(x, 1), torch.mul(2, w))), 6)
    k = torch.slice(torch.view(keys, [n, -1, p, torch.floordiv(w, p)]), 1, 0, span)
    v = torch.slice(torch.view(values, [n, -1, p, torch.floordiv(w, p)]), 1, 0, span)
    k0 = (self).share(torch.transpose(k, 1, 2), h, )
    v0 = (self).share(torch.transpose(v, 1, 2), h, )
    mask = torch.view(seen, [n, 1, 1, span])
    z = torch.scaled_dot_product_attention(torch.view(q, [n, h, 1, -1]), k0, v0, mask, 0., False)
    return torch.to(torch.reshape(z, [n, -1]), ops.prim.dtype(x))
  def logits(self: __torch__.Kernels, x: Tensor, w: Tensor, rows: Tensor, dtype: Tensor) -> Tensor:
    return torch.to((self).linear(torch.embedding(x, rows), w, dtype, None, ), 6)
  def log_likelihood(self: __torch__.Kernels, x: Tensor, w: Tensor, rows: Tensor, dtype: Tensor, y: Tensor) -> Tensor:
    return torch.neg(torch.cross_entropy_loss((self).logits(x, w, rows, dtype, ), y, None, 0, -100, 0.))
  def dot(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.sum(torch.mul(x, y), dtype=None)
  def concat(self: __torch__.Kernels, x: List[Tensor]) -> Tensor:
    return torch.cat(x, 0)
  def sums(self: __torch__.Kernels, x: Tensor, owners: Tensor, n: Tensor) -> Tensor:
    return torch.index_add(torch.new_zeros(x, [int(n)]), 0, owners, x)
  def log_odds(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.sub(x, torch.log(torch.add(torch.neg(torch.expm1(x)), 9.9999999999999995e-08, alpha=1)), alpha=1)
  def cast(self: __torch__.Kernels, x: Tensor, dtype: Tensor) -> Tensor:
    return torch.to(x, int(dtype))
  def product(self: __torch__.Kernels, a: Tensor, b: Tensor) -> Tensor:
    return torch.linear(a, b, None)
  def gram(self: __torch__.Kernels, sum: Tensor, x: Tensor, scale: Tensor) -> Tensor:
    return torch.addmm_(sum, torch.t(x), x, beta=1, alpha=float(scale))
  def scale(self: __torch__.Kernels, x: Tensor, factor: Tensor) -> Tensor:
    return torch.mul_(x, float(factor))
  def draw(self: __torch__.Kernels, x: Tensor, u: Tensor) -> Tensor:
    mass = torch.cumsum(torch.softmax(x, 1), 1)
    all = torch.narrow(mass, 1, torch.sub(torch.size(mass, 1), 1), 1)
    y = torch.searchsorted(mass, torch.mul(torch.unsqueeze(u, 1), all), right=True)
    return torch.clamp(torch.squeeze(y, 1), 0, torch.sub(torch.size(x, 1), 1))
  def mean_cross_entropy(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.cross_entropy_loss(x, y, None, 1, -100, 0.)
  def eigen(self: __torch__.Kernels, a: Tensor) -> Tuple[Tensor, Tensor]:
    values, vectors, = torch.linalg_eigh(a)
    return (torch.flip(values, [0]), torch.contiguous(torch.flip(vectors, [1])))
  def spread(self: __torch__.Kernels, u: Tensor, a: Tensor) -> Tensor:
    return torch.sum(torch.mul(u, torch.mm(a, u)), [0])
  def pair_mask(self: __torch__.Kernels, counts: Tensor, ranks: Tensor) -> Tensor:
    return torch.lt(torch.unsqueeze(ranks, 0), torch.unsqueeze(counts, 1))
  def either(self: __torch__.Kernels, a: Tensor, b: Tensor) -> Tensor:
    return torch.logical_or(a, b)
  def keep_pairs(self: __torch__.Kernels, w: Tensor, g: Tensor, a: Tensor, mask: Tensor) -> Tensor:
    c = torch.mm(torch.mm(torch.t(g), w), a)
    return torch.copy_(w, torch.mm(torch.mm(g, torch.mul(c, mask)), torch.t(a)), False)
  def turned(self: __torch__.Kernels, w: Tensor) -> Tensor:
    return torch.t(w)
  def truncate(self: __torch__.Kernels, w: Tensor, rank: Tensor) -> Tensor:
    k = int(rank)
    u, s, v, = torch.linalg_svd(w, False, driver=None)
    u0 = torch.mul(torch.narrow(u, 1, 0, k), torch.narrow(s, 0, 0, k))
    return torch.copy_(w, torch.mm(u0, torch.narrow(v, 0, 0, k)), False)
  def clear(self: __torch__.Kernels, g: List[Tensor]) -> Tensor:
    torch._foreach_zero_(g)
    return g[0]
  def subnet_mask(self: __torch__.Kernels, w: Tensor, original: Tensor, scores: Tensor, dropped: Tensor) -> Tensor:
    k = int(dropped)
    if torch.gt(k, 0):
      size = torch.abs(scores)
      most, at, = torch.kthvalue(torch.reshape(size, [-1]), k)
      w0 = torch.copy_(w, torch.mul(original, torch.gt(size, most)), False)
    else:
      w0 = torch.copy_(w, original, False)
    return w0
  def subnet_step(self: __torch__.Kernels, scores: Tensor, velocity: Tensor, g: Tensor, original: Tensor, lr: Tensor, momentum: Tensor, decay: Tensor) -> Tensor:
    d = torch.add(torch.mul(torch.mul(g, original), torch.sign(scores)), scores, alpha=float(decay))
    v = torch.add_(torch.mul_(velocity, float(momentum)), d, alpha=1)
    return torch.sub_(scores, v, alpha=float(lr))
  def trace(self: __torch__.Kernels, a: Tensor) -> Tensor:
    return torch.trace(a)
  def patches(self: __torch__.Kernels, x: Tensor, side: Tensor, padding: Tensor, stride: Tensor) -> Tensor:
    k = int(side)
    p = int(padding)
    s = int(stride)
    return torch.im2col(x, [k, k], [1, 1], [p, p], [s, s])
  def halve_moving(self: __torch__.Kernels, x: Tensor, moved: Tensor) -> Tensor:
    y, i, = torch.max_pool2d_with_indices(x, [2, 2], [2, 2], [0, 0], [1, 1], False)
    d = torch.gather(torch.flatten(moved, 2, -1), 2, torch.flatten(i, 2, -1))
    return torch.cat([y, torch.view_as(d, y)], 0)
  def largest_moving(self: __torch__.Kernels, x: Tensor, moved: Tensor) -> Tensor:
    y, i, = torch.max(torch.flatten(x, 2, -1), 2, True)
    d = torch.gather(torch.flatten(moved, 2, -1), 2, i)
    return torch.squeeze(torch.cat([y, d], 0), 2)

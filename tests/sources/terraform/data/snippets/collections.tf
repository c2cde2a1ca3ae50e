locals {
  empty  = [[], {}]
  list   = ["a", b, 3, ]
  object = { a = 1, "b" : 2, (c) = 3, 4 = 5, null = 6 }
  lines = {
    a = 1 # one
    # two
    b = 2,
    "c-${d}" = 3
  }
  tuples  = [for v in list : upper(v) if v != ""]
  objects = { for k, v in map : k => v... if v != null }
  long = {
    for k, v in {
      a = 1
    } :
    k => [
      for w in v : w
    ]
  }
  calls = merge({ a = 1 }, local.b, [
    c,
  ]...)
}

locals {
  precedence  = 1 + 2 * 3 - 4 / 5 % 6
  logic       = a && b || !c == d && e >= f
  conditional = a ? b : c ? d : e
  grouped     = (a + b) * (c - d)
  negative    = [-1, -1.5, -a.b, -(c)]
  exponent    = [1e5, 1.5e-3, 2E+10]
  multi_line = (
    a
    && b
    || c # why
  )
  chosen = (
    a
    ? b
    : c
  )
}

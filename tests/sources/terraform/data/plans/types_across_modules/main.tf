# Values that change their types on their way into modules and out again.
module "m" {
  source  = "./m"
  objects = { a = { n = "1", list = ["2", 3] }, b = { n = 2, extra = "dropped", nested = { deep = { on = "true" } } } }
  set     = ["b", "a", "b", 1]
  sets    = [{ k = "x", v = 1 }, { v = "2", k = "w" }, { k = "x", v = "1" }]
  any     = { a = 1, b = "x" }
  anys    = [1, "x", true]
  maps    = { a = { x = 1 }, b = { y = "2" } }
  tuple   = ["1", 2, ["a", 1]]
  text    = 1e3
  flag    = "false"
  number  = "0x1F" == "0x1F" ? "31" : 0
  nulls   = [null, "a"]
  deep    = { one = [{ two = { three = [{ four = null }, {}] } }] }
}
resource "terraform_data" "back" {
  input = {
    objects = module.m.objects
    set     = module.m.set
    joined  = join(",", module.m.set)
    sets    = [for s in module.m.sets : "${s.k}${s.v}"]
    any     = module.m.any
    anys    = module.m.anys
    maps    = module.m.maps
    tuple   = module.m.tuple
    text    = "${module.m.text}"
    flag    = module.m.flag ? 1 : 2
    number  = module.m.number + 1
    nulls   = length(module.m.nulls)
    deep    = module.m.deep
    json    = jsonencode(module.m.objects)
    type    = [module.m.number == 31, module.m.text == "1000", module.m.set == toset(["a", "b", "1"])]
  }
}

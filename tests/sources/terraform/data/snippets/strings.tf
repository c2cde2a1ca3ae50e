locals {
  escapes   = "a \"b\" \\ \n \t é $${c} %%{d} $ %"
  nested    = "a ${b ? "c ${d}" : "e"} f"
  condition = "%{if a}b%{else}c%{endif}"
  repeated  = "%{for k, v in a}${k}%{endfor}"
  stripped  = "a %{~if b~} c %{~endif~} d"
  policy    = <<EOF
{"a": "${b}", "c": "$${d}"}
EOF
  indented  = <<-EOT
    a
      ${b}
    %{for c in d~}
    ${c}
    %{endfor~}
  EOT
  many = [<<A
a
A
  , "b"]
}

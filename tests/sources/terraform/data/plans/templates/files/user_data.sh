#!/bin/sh
echo ${id} ${size}
%{ if id == "web" }echo web%{ endif }

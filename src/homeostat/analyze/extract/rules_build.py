"""What compilers, linkers, type checkers and linters say."""

from homeostat.analyze.extract.table import rules

BUILD_RULES = rules(r"""
tsc-config | config_missing | error ts | error (?P<kind>TS(?:5057|5058|5081|5083|6053|18002|18003)): (?P<say>.{1,240})
tsc | build_error | error ts | error (?P<kind>TS\d{4,5}): (?P<say>.{1,240})
rustc | build_error | error[e | error\[(?P<kind>E\d{4})\]: (?P<say>.{1,240})
dotnet | build_error | error cs | error (?P<kind>CS\d{4}): (?P<say>.{1,240})
msbuild | build_error | error msb | error (?P<kind>MSB\d{4}): (?P<say>.{1,240})
netsdk | build_error | error netsdk | error (?P<kind>NETSDK\d{4}): (?P<say>.{1,240})
fsharp | build_error | error fs | error (?P<kind>FS\d{4}): (?P<say>.{1,240})
nuget | dependency | error nu | error (?P<kind>NU\d{4}): (?P<say>.{1,240})
msvc | build_error | error c | error (?P<kind>C\d{4}): (?P<say>.{1,240})
msvc-link | build_error | error lnk | error (?P<kind>LNK\d{4}): (?P<say>.{1,240})
ld-undefined | build_error | undefined reference to | undefined reference to [`'\u2018](?P<id1>[^`'\u2019]{1,160})
ld-undefined | build_error | undefined symbol | (?:ld|lld).{0,40}undefined symbol: (?P<id1>.{1,120})
ld-undefined | build_error | undefined symbols for architecture | Undefined symbols for architecture
ld-undefined | build_error | , referenced from: | "(?P<id1>_?[^"]{1,160})", referenced from:
ld-multiple | build_error | multiple definition of | multiple definition of [`'\u2018](?P<id1>[^`'\u2019]{1,160})
ld-duplicate | build_error | duplicate symbol | duplicate symbol ['"]?(?P<id1>[\w:~()]{1,160})
ld-library | build_error | cannot find -l | cannot find -l(?P<id1>[\w.+-]{1,80})
ld-library | build_error | library not found for | library (?:not found for -l|')(?P<id1>[\w.+-]{1,80})
ld-open | build_error | cannot open output file | cannot open output file
ld-script | build_error | relocation | relocation (?P<id1>R_\w{1,60}) against
gcc-killed | out_of_memory | killed signal terminated program | Killed signal terminated program (?P<id1>\w{1,20})
nvcc | build_error | nvcc~ | ^nvcc (?:fatal|error)\s{1,5}: (?P<say>.{1,160})
gcc-input | not_found | no such file or directory | (?:cc1(?:plus|obj)?|gcc|g\+\+|cc|c\+\+|clang(?:\+\+)?(?:-\d{1,3})?): (?:fatal )?error: .{1,300}: No such file or directory
gcc-header | build_error | no such file or directory | fatal error: (?P<id1>[\w./+-]{1,120}): No such file or directory
clang-header | build_error | file not found | fatal error: ['"](?P<id1>[\w./+-]{1,120})['"] file not found
gcc | build_error | fatal error: | \.\w{1,5}:\d{1,7}(?::\d{1,6})?: fatal error: (?P<say>.{1,240})
gcc | build_error | error: | \.(?:c|cc|cpp|cxx|h|hpp|hh|cu|m|mm|S)\b[:(]\d{1,7}(?:[:,]\d{1,6})?\)?: error: (?P<say>.{1,240})
javac-symbol | build_error | symbol:~~ && cannot find symbol | symbol:\s{1,8}(?P<id1>\w{1,20} [\w.$]{1,120})
javac-symbol | build_error | error: cannot find symbol | error: cannot find symbol
javac-package | build_error | does not exist | \.java:\d{1,7}: error: package (?P<id1>[\w.]{1,120}) does not exist
javac | build_error | .java: | \.java:\d{1,7}: error: (?P<say>.{1,240})
javac-maven | build_error | .java:[ | \.java:\[\d{1,7},\d{1,6}\] (?:error: )?(?P<say>.{1,240})
kotlinc | build_error | .kt | ^e: .{1,300}\.kts?:\(?\d{1,6}(?:[:,] ?\d{1,5})?\)?:? (?:error: )?(?P<say>.{1,200})
scalac | build_error | .scala: | \.scala:\d{1,7}(?::\d{1,6})?: (?:error: )?(?P<say>.{1,200})
swiftc | build_error | .swift: | \.swift:\d{1,7}:\d{1,6}: error: (?P<say>.{1,200})
golangci | build_error | .go: | \.go:\d{1,7}:\d{1,6}: (?P<say>.{1,300}?) \((?P<kind>[a-z]{3,20})\)$
go-undefined | build_error | undefined: | \.go:\d{1,7}:\d{1,6}: undefined: (?P<id1>[\w.]{1,120})
go-unused-import | build_error | imported and not used | \.go:\d{1,7}:\d{1,6}: "(?P<id1>[^"]{1,200})" imported (?:as \w{1,60} )?and not used
go-unused-variable | build_error | declared and not used | \.go:\d{1,7}:\d{1,6}: (?:declared and not used: )?(?P<id1>[\w.]{1,80})(?: declared and not used)?$
go-build | build_error | .go: | \.go:\d{1,7}:\d{1,6}: (?!\s{0,4}(?:Error|expected|got)\b)(?P<say>[a-z"].{1,200})
go-vet | build_error | .go: | vet: .{1,200}\.go:\d{1,7}:\d{1,6}: (?P<say>.{1,200})
import-cycle | build_error | import cycle not allowed | import cycle not allowed
gofmt | build_error | expected ' | \.go:\d{1,7}:\d{1,6}: (?P<say>expected .{1,200})
rust-compile | build_error | error: linker~ | error: linker `(?P<id1>[^`]{1,40})` not found
rust-compile | build_error | error: linking with | error: linking with `(?P<id1>[^`]{1,40})` failed
rust-unresolved | build_error | unresolved import | unresolved import `(?P<id1>[^`]{1,120})
rust-build-script | build_error | failed to run custom build command | failed to run custom build command for `(?P<id1>[\w-]{1,80})
mypy | build_error | .py: | \.pyi?:\d{1,7}(?::\d{1,6})?: error: (?P<say>.{1,240})
pyright | build_error | .py: | \.pyi?:\d{1,7}:\d{1,6} - error: (?P<say>.{1,240})
pyright | build_error | error: | ^\s{0,4}.{1,200}:\d{1,7}:\d{1,6} - error: (?P<say>.{1,240})
ruff | build_error | \n~--> && .py: | ^(?P<kind>[A-Z]{1,4}\d{3,4}) (?:\[\*\] )?(?P<say>.{1,200})
ruff | build_error | \n~~--> && .py: | ^(?P<kind>[A-Z]{1,4}\d{3,4}) (?:\[\*\] )?(?P<say>.{1,200})
ruff | build_error | \n~~~--> && .py: | ^(?P<kind>[A-Z]{1,4}\d{3,4}) (?:\[\*\] )?(?P<say>.{1,200})
rustc | build_error | \n~--> && .rs: | ^error: (?P<say>.{1,200})
rustc | build_error | \n~~--> && .rs: | ^error: (?P<say>.{1,200})
rustc | build_error | \n~~~--> && .rs: | ^error: (?P<say>.{1,200})
ruff | build_error | .py: | \.pyi?:\d{1,7}:\d{1,6}: (?P<kind>[A-Z]{1,4}\d{3,4}) (?:\[\*\] )?(?P<say>.{1,200})
pylint | build_error | .py: | \.py:\d{1,7}:\d{1,6}: (?P<kind>[EFWCR]\d{4}): (?P<say>.{1,200})
black-syntax | syntax | error: cannot parse: | ^error: cannot parse: .{1,300}:\d{1,6}:\d{1,6}
black-syntax | syntax | cannot format | cannot format .{1,200}: (?P<say>Cannot parse)
black | build_error | cannot format | cannot format .{1,200}: (?P<say>.{1,30})
black | build_error | would be reformatted | (?:would be reformatted|unformatted: )
black | build_error | would reformat | [Ww]ould reformat
prettier | build_error | code style issues found | Code style issues found
eslint | build_error | error~~ | ^\d{1,6}:\d{1,5}\s{1,8}error\s{1,8}(?P<say>.{1,300}?)\s{2,60}(?P<id1>[@\w/-]{2,80})$
eslint | build_error | parsing error: | ^\d{1,6}:\d{1,5}\s{1,8}error\s{1,8}(?P<say>Parsing error: .{1,200})
eslint-config | config_missing | eslint couldn't find | ESLint couldn't find (?P<say>(?:an eslint\.config|a configuration|the config|the plugin).{0,80})
biome | build_error | lint/ | \d{1,6}:\d{1,5} (?P<id1>lint/\w{1,40}/\w{1,60})
biome | build_error | ━━━ | \S{1,300} (?P<id1>format|organizeImports|parse|ci|check) (?:\s{0,2}FIXABLE\s{1,3})?━{3}
biome | build_error | assist/ | (?P<id1>assist/\w{1,40}/\w{1,60})
stylelint | build_error | ✖ | \d{1,6}:\d{1,5}\s{1,8}✖\s{1,8}.{1,200}\s{2,40}(?P<id1>[\w/-]{2,80})$
svelte-check | build_error | svelte | \.svelte:\d{1,6}:\d{1,5}.{0,20}Error: (?P<say>.{1,200})
vite-resolve | import_error | failed to resolve import | Failed to resolve import "(?P<id1>[^"]{1,120})
js-punctuation | syntax | unexpected~ | ^error: Unexpected (?P<id1>[^\w\s]{1,3})$
rollup-resolve | import_error | could not resolve " | Could not resolve "(?P<id1>[^"./][^"]{0,120})
esbuild-resolve | import_error | could not resolve " | Could not resolve "\.
rollup-export | import_error | is not exported by | "(?P<id1>[^"]{1,80})" is not exported by
webpack-resolve | import_error | can't resolve | Can't resolve '(?P<id1>[^'./][^']{0,120})
webpack-resolve | import_error | can't resolve | Can't resolve '\.
webpack-parse | build_error | module parse failed | Module parse failed: (?P<say>.{1,80})
webpack-loader | build_error | you may need an appropriate loader | You may need an appropriate loader
next-build | build_error | failed to compile | ^Failed to compile
angular | build_error | [error] ng | \[ERROR\] (?P<kind>NG\d{1,6}): (?P<say>.{1,200})
compiler | build_error | error: | \.(?:dart|svelte|vue|zig|nim|ml|jl|sol|f90|pas|cr):\d{1,7}:\d{1,6}:? (?:- )?error: (?P<say>.{1,200})
haskell | build_error | .hs: | \.hs:\d{1,7}:\d{1,6}: error:(?P<say>.{0,200})
elixir | build_error | ** (compileerror) | \*\* \(CompileError\) .{0,200}: (?P<say>.{1,200})
php-syntax | syntax | php parse error | PHP Parse error: (?P<say>.{1,160}?) in
php-syntax | syntax | parse error: | Parse error: (?P<say>syntax error.{1,160}?) in
ruby-syntax | syntax | syntax error, unexpected | syntax errors?(?: found)?, (?P<say>unexpected .{1,80})
perl-syntax | syntax | syntax error at | syntax error at .{1,200} line \d
tex | build_error | ! latex error | ! LaTeX Error: (?P<say>.{1,160})
tex | build_error | ! undefined control | ! (?P<say>Undefined control sequence)
protoc | build_error | .proto: | \.proto:\d{1,6}:\d{1,5}: (?P<say>.{1,160})
docker-build-step | out_of_memory | did not complete successfully: exit code: 137 | did not complete successfully: exit code: 137
docker-build-step | build_error | did not complete successfully | failed to solve: process .{1,300} did not complete successfully
shellcheck | build_error | [sc | \[(?P<kind>SC\d{4})\]
shellcheck | build_error | -- sc | \^-{1,2} (?P<kind>SC\d{4})
shellcheck | build_error | sc && shellcheck | \b(?P<kind>SC\d{4})\b
""")  # noqa: E501  # one rule a row

#!/usr/bin/env bash
# llvmlite 0.50.0: a product and an addition that are one instruction become two again, by how the
#   addresses of the operands are written.
#
# Seen: a loop adds `llvm.x86.avx512.pmaddw.d.512` to 6 by 4 registers of sums. For Intel processors
#   with VNNI all 24 pairs become one `vpdpwssd` each if the six rows are six addresses; if they are
#   one address and a stride, which is the same program, 20 of the 24 become `vpmaddwd` and `vpaddd`.
#   Of 6 by 2 sums it is none or 10 of 12, by processor. For znver4 all are one instruction.
# Why it matters: such a loop is nearly all of an integer network's time, and has up to twice the
#   instructions after a change that has nothing to do with it. No flag says so; results are equal.
# Way out: hide from the compiler that the addresses belong together (an empty inline assembly with
#   the address as its input and output), and count the instructions in a test or by hand.
# Fails (exit 1) if what is printed is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet llvmlite==0.50.0
cat > "$folder/seen.py" <<'PY'
import llvmlite.binding as llvm

llvm.initialize_all_targets()
llvm.initialize_all_asmprinters()


def source(rows, vectors, chained):
    """Sums of `rows` by `vectors` registers: each row's next pair times each next vector of pairs.

    chained: the compiler sees that each row's address is the one before it plus `stride`; else it
    sees `rows` addresses. The numbers are the same.
    """
    n = [(r, v) for r in range(rows) for v in range(vectors)]
    out = [
        "declare <16 x i32> @llvm.x86.avx512.pmaddw.d.512(<32 x i16>, <32 x i16>)",
        "define void @f(ptr %a, i64 %stride, ptr %w, ptr %o, i64 %pairs, i64 %first) {",
        "entry:",
    ]
    out.append("  %skip = mul i64 %first, %stride")
    out.append("  %r0 = getelementptr i8, ptr %a, i64 %skip")
    for r in range(1, rows):
        out.append(f"  %r{r} = getelementptr i8, ptr %r{r - 1}, i64 %stride")
    for r in range(rows):
        if chained:
            out.append(f"  %q{r} = getelementptr i8, ptr %r{r}, i64 0")
        else:
            out.append(f'  %q{r} = call ptr asm "", "=r,0"(ptr %r{r})')
    out += ["  br label %loop", "loop:", "  %k = phi i64 [0, %entry], [%k2, %loop]"]
    for r, v in n:
        out.append(f"  %s{r}_{v} = phi <16 x i32> [zeroinitializer, %entry], [%t{r}_{v}, %loop]")
    out.append(f"  %kw = mul i64 %k, {64 * vectors}")
    out.append("  %wk = getelementptr i8, ptr %w, i64 %kw")
    for v in range(vectors):
        out.append(f"  %wp{v} = getelementptr i8, ptr %wk, i64 {64 * v}")
        out.append(f"  %wv{v} = load <32 x i16>, ptr %wp{v}, align 4")
    out.append("  %ka = shl i64 %k, 2")
    for r in range(rows):
        out += [
            f"  %p{r} = getelementptr i8, ptr %q{r}, i64 %ka",
            f"  %x{r} = load i32, ptr %p{r}, align 2",
            f"  %i{r} = insertelement <16 x i32> undef, i32 %x{r}, i32 0",
            f"  %b{r} = shufflevector <16 x i32> %i{r}, <16 x i32> undef, <16 x i32> zeroinitializer",
            f"  %h{r} = bitcast <16 x i32> %b{r} to <32 x i16>",
        ]
        for v in range(vectors):
            out += [
                f"  %m{r}_{v} = call <16 x i32> @llvm.x86.avx512.pmaddw.d.512(<32 x i16> %h{r}, <32 x i16> %wv{v})",
                f"  %t{r}_{v} = add <16 x i32> %s{r}_{v}, %m{r}_{v}",
            ]
    out += [
        "  %k2 = add i64 %k, 1",
        "  %more = icmp slt i64 %k2, %pairs",
        "  br i1 %more, label %loop, label %end",
        "end:",
    ]
    for j, (r, v) in enumerate(n):
        out += [
            f"  %op{j} = getelementptr i8, ptr %o, i64 {64 * j}",
            f"  store <16 x i32> %t{r}_{v}, ptr %op{j}, align 4",
        ]
    out += ["  ret void", "}"]
    return "\n".join(out)


def counted(text, cpu):
    m = llvm.parse_assembly(text)
    m.verify()
    t = llvm.Target.from_triple("x86_64-unknown-linux-gnu").create_target_machine(cpu=cpu, opt=3)
    pto = llvm.create_pipeline_tuning_options(speed_level=3)
    pb = llvm.create_pass_builder(t, pto)
    pb.getModulePassManager().run(m, pb)
    asm = t.emit_assembly(m)
    return asm.count("vpdpwssd"), asm.count("vpmaddwd"), asm


for cpu in ("icelake-server", "sapphirerapids", "znver4"):
    for rows, vectors in ((6, 4), (6, 2)):
        for chained in (True, False):
            fused, apart = counted(source(rows, vectors, chained), cpu)[:2]
            how = "chained" if chained else "apart"
            print(f"{cpu}, {rows} by {vectors}, {how}: {fused} vpdpwssd, {apart} vpmaddwd")
PY
cat > "$folder/expected" <<'TXT'
icelake-server, 6 by 4, chained: 4 vpdpwssd, 20 vpmaddwd
icelake-server, 6 by 4, apart: 24 vpdpwssd, 0 vpmaddwd
icelake-server, 6 by 2, chained: 12 vpdpwssd, 0 vpmaddwd
icelake-server, 6 by 2, apart: 12 vpdpwssd, 0 vpmaddwd
sapphirerapids, 6 by 4, chained: 4 vpdpwssd, 20 vpmaddwd
sapphirerapids, 6 by 4, apart: 24 vpdpwssd, 0 vpmaddwd
sapphirerapids, 6 by 2, chained: 2 vpdpwssd, 10 vpmaddwd
sapphirerapids, 6 by 2, apart: 12 vpdpwssd, 0 vpmaddwd
znver4, 6 by 4, chained: 24 vpdpwssd, 0 vpmaddwd
znver4, 6 by 4, apart: 24 vpdpwssd, 0 vpmaddwd
znver4, 6 by 2, chained: 36 vpdpwssd, 0 vpmaddwd
znver4, 6 by 2, apart: 36 vpdpwssd, 0 vpmaddwd
TXT
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen"

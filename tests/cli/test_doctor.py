"""ravine doctor: what can be used here; and which backend a run takes because of it."""

import os
import re
import subprocess
import time
import unittest

from ravine_cli import DONE, NO_BACKEND, PROGRAM, USAGE, RavineTest, is_sanitized, tree_digest

# With this no device can be used, whatever the machine.
NO_DEVICE = os.environ | {"CUDA_VISIBLE_DEVICES": ""}

LIBRARIES = ("cuBLAS", "cuSPARSE", "cuSOLVER")


class Doctor(RavineTest):
    def examine(self, **environment):
        return self.json("doctor", env=os.environ | environment)

    def library(self, name, **environment):
        return next(library for library in self.examine(**environment)["libraries"] if library["name"] == name)

    def need_cuda_build(self):
        if self.examine()["build"]["cuda"] is None:
            self.skipTest("built without CUDA")


class Findings(Doctor):
    def test_json_is_stable(self):
        found = self.examine()
        self.assertEqual(list(found), ["command", "build", "cpu", "cuda", "libraries", "backend"])
        self.assertEqual(list(found["build"]), ["version", "model_version", "compiler", "cuda"])
        self.assertEqual(list(found["cpu"]), ["simd", "simd_reason", "simd_available", "threads"])
        self.assertEqual(list(found["cuda"]), ["usable", "reason", "fix", "runtime", "driver", "devices"])
        self.assertEqual(list(found["backend"]), ["auto", "device", "reason"])
        for device in found["cuda"]["devices"]:
            self.assertEqual(
                list(device),
                ["ordinal", "name", "bus", "state", "reason", "fix", "compute_capability", "multiprocessors",
                 "memory_total", "memory_free", "error_correction", "compute_mode"],
            )  # fmt: skip
        for library in found["libraries"]:
            self.assertEqual(list(library), ["name", "soname", "override", "usable", "path", "version", "reason", "fix"])

    def test_build_and_processor(self):
        found = self.examine()
        self.assertIn(f"ravine {found['build']['version']}", self.expect(DONE, "--version").stdout)
        self.assertRegex(found["build"]["compiler"], r"\A(g|clang)\+\+ \d+\.\d+\.\d+\Z")
        self.assertEqual(found["cpu"]["simd_available"][-1], "x86-64")
        self.assertIn(found["cpu"]["simd"], found["cpu"]["simd_available"])
        self.assertEqual(found["cpu"]["threads"], len(os.sched_getaffinity(0)))

    def test_what_cannot_be_used_has_a_reason_and_a_fix(self):
        found = self.examine()
        for part in [found["cuda"], *found["libraries"]]:
            self.assertEqual(part["reason"] is None, part["usable"])
            self.assertEqual(part["fix"] is None, part["usable"])
        for device in found["cuda"]["devices"]:
            self.assertEqual(device["reason"] is None, device["state"] == "usable")
            self.assertEqual(device["fix"] is None, device["state"] == "usable")

    def test_no_device(self):
        found = self.json("doctor", env=NO_DEVICE)
        cuda = found["cuda"]
        self.assertEqual((cuda["usable"], cuda["devices"]), (False, []))
        if found["build"]["cuda"] is None:
            self.assertIn("built without CUDA", cuda["reason"])
            self.assertIn("install CUDA 13", cuda["fix"])
            self.assertEqual((cuda["runtime"], cuda["driver"], found["libraries"]), (None, None, []))
        elif cuda["driver"] is None:
            self.assertIn("no CUDA driver found (libcuda.so.1)", cuda["reason"])
            self.assertIn("driver 580", cuda["fix"])
        else:
            self.assertIn('CUDA_VISIBLE_DEVICES="" leaves no device', cuda["reason"])
            self.assertIn("unset CUDA_VISIBLE_DEVICES", cuda["fix"])
        self.assertEqual(found["backend"]["auto"], "cpu")
        self.assertEqual(found["backend"]["reason"], f"no CUDA device can be used: {cuda['reason']}")

    def test_text_says_the_same(self):
        found = self.json("doctor", env=NO_DEVICE)
        output = self.expect(DONE, "doctor", env=NO_DEVICE).stdout
        cuda, build = found["cuda"], found["build"]
        self.assertIn(f"  devices     none: {cuda['reason']}\n              fix: {cuda['fix']}\n", output)
        self.assertIn(f"built with CUDA {build['cuda']}\n" if build["cuda"] else "built without CUDA\n", output)
        self.assertIn(f"  simd        {found['cpu']['simd']} (available: ", output)
        self.assertIn(f"  auto        {found['backend']['device']} ({found['backend']['reason']})\n", output)
        for library in found["libraries"]:
            self.assertRegex(output, rf"(?m)^  {library['name']} ")
            self.assertIn(library["path"] or library["fix"], output)

    def test_odd_simd_level_is_reported(self):
        found = self.examine(RAVINE_SIMD="mmx")
        self.assertIsNone(found["cpu"]["simd"])
        self.assertIn("RAVINE_SIMD=mmx", found["cpu"]["simd_reason"])
        self.assertEqual(found["backend"]["reason"], found["cpu"]["simd_reason"])
        output = self.expect(DONE, "doctor", env=os.environ | {"RAVINE_SIMD": "mmx"}).stdout
        self.assertIn("not usable: RAVINE_SIMD=mmx", output)

    def test_unexpected_argument(self):
        self.refused(USAGE, "doctor", "store", says="unexpected argument")

    @unittest.skipIf(is_sanitized(), "a sanitizer starts slowly")
    def test_takes_less_than_a_second_without_a_device(self):
        self.expect(DONE, "doctor", env=NO_DEVICE)  # the libraries may have to come from a disk
        start = time.monotonic()
        self.expect(DONE, "doctor", env=NO_DEVICE)
        self.assertLess(time.monotonic() - start, 1)


class Libraries(Doctor):
    def setUp(self):
        super().setUp()
        self.need_cuda_build()

    def test_each_is_listed_with_its_override(self):
        found = {library["name"]: library for library in self.examine()["libraries"]}
        self.assertEqual(tuple(found), LIBRARIES)
        for name, library in found.items():
            self.assertEqual(library["override"], f"RAVINE_{name.upper()}")
            self.assertRegex(library["soname"], rf"\Alib{name.lower()}\.so\.\d+\Z")
            if library["usable"]:
                self.assertTrue(os.path.exists(library["path"]), library["path"])
                # Its version begins with the number that ends its soname.
                self.assertEqual(library["version"].split(".")[0], library["soname"].rsplit(".", 1)[1])

    def test_override_that_does_not_exist(self):
        for name in LIBRARIES:
            variable = f"RAVINE_{name.upper()}"
            library = self.library(name, **{variable: "/nowhere/library.so"})
            self.assertFalse(library["usable"])
            self.assertIn(f"{variable}=/nowhere/library.so can't be loaded: ", library["reason"])
            self.assertIn(f"unset {variable}", library["fix"])
            self.assertIn(library["soname"], library["fix"])

    def test_override_that_lacks_the_functions(self):
        library = self.library("cuSPARSE", RAVINE_CUSPARSE="libm.so.6")
        self.assertIn("RAVINE_CUSPARSE=libm.so.6 lacks the function cusparseGetProperty", library["reason"])
        self.assertIn("unset RAVINE_CUSPARSE", library["fix"])

    def test_override_of_another_version(self):
        file = os.environ["RAVINE_OLD_CUBLAS"]
        library = self.library("cuBLAS", RAVINE_CUBLAS=file)
        self.assertIn(f"{file} is version 9.8.7; wanted {library['soname'].rsplit('.', 1)[1]}", library["reason"])

    def test_override_that_is_right(self):
        for library in self.examine()["libraries"]:
            if library["usable"]:
                self.assertEqual(self.library(library["name"], **{library["override"]: library["path"]}), library)

    def test_cusolver_needs_the_others(self):
        library = self.library("cuSOLVER", RAVINE_CUBLAS="/nowhere/library.so")
        self.assertFalse(library["usable"])
        self.assertIn("RAVINE_CUBLAS=/nowhere/library.so can't be loaded", library["reason"])

    def test_a_map_needs_none_of_them(self):
        self.spec()
        nowhere = {f"RAVINE_{name.upper()}": "/nowhere/library.so" for name in LIBRARIES}
        self.expect(DONE, "run", "spec.toml", "--store", "s", env=os.environ | nowhere)


class Linkage(Doctor):
    def test_program_starts_where_nothing_of_cuda_is_installed(self):
        lines = subprocess.run(["readelf", "-d", PROGRAM], check=True, capture_output=True, text=True).stdout
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", lines)
        self.assertIn("libc.so.6", needed)
        for name in needed:
            self.assertNotRegex(name, r"(?i)cuda|cudart|cublas|cusolver|cusparse|nvidia|nvjitlink|nvrtc")


class Backend(Doctor):
    def test_cuda_without_a_device_is_refused_and_leaves_no_store(self):
        cuda = self.json("doctor", env=NO_DEVICE)["cuda"]
        self.spec()
        for extra in ([], ["--resume"], ["--json"]):
            self.refused(NO_BACKEND, "run", "spec.toml", "--store", "s", "--backend", "cuda", *extra, env=NO_DEVICE,
                         says=[cuda["reason"], cuda["fix"], "--backend cpu"])  # fmt: skip
        self.assertEqual(os.listdir(self.folder), ["spec.toml"])

    @unittest.skipIf(is_sanitized(), "a sanitizer starts slowly")
    def test_refusal_takes_less_than_two_seconds(self):
        self.spec()
        start = time.monotonic()
        self.refused(NO_BACKEND, "run", "spec.toml", "--backend", "cuda", env=NO_DEVICE)
        self.assertLess(time.monotonic() - start, 2)

    def test_auto_without_a_device_takes_the_cpu_and_says_why(self):
        found = self.json("doctor", env=NO_DEVICE)["backend"]
        self.spec()
        for name, arguments in (("a", []), ("b", ["--backend", "auto"])):
            output = self.expect(DONE, "run", "spec.toml", "--store", name, *arguments, env=NO_DEVICE).stdout
            self.assertIn(f"  backend     {found['device']} ({found['reason']})\n", output)
        ran = self.json("run", "spec.toml", "--store", "c", env=NO_DEVICE)
        self.assertEqual((ran["backend"], ran["backend_reason"]), ("cpu", found["reason"]))
        self.assertEqual(ran["device"], f"cpu {ran['simd']}")

    def test_auto_takes_what_doctor_says(self):
        found = self.examine()["backend"]
        ran = self.json("run", self.spec(), "--store", "s")
        self.assertEqual({"auto": ran["backend"], "device": ran["device"], "reason": ran["backend_reason"]}, found)

    def test_backend_shows_in_the_run_file_alone(self):
        cpu = self.json("run", self.spec(), "--store", "cpu", "--backend", "cpu")
        self.assertEqual((cpu["backend"], cpu["backend_reason"], cpu["notes"]), ("cpu", "asked for", []))
        auto = self.json("run", "spec.toml", "--store", "auto")
        for ran in (cpu, auto):
            runs = self.json("status", ran["store"])["runs"]
            self.assertEqual([run["run"]["device"] for run in runs], [ran["device"]])
        self.assertEqual(tree_digest(self.folder / "cpu"), tree_digest(self.folder / "auto"))

    def test_unknown_backend(self):
        self.refused(USAGE, "run", self.spec(), "--backend", "gpu", says=['"gpu"', '"auto"', '"cpu"', '"cuda"'])
        self.refused(USAGE, "run", "spec.toml", "--backend", "automatic", says='"automatic"')
        self.assertEqual(os.listdir(self.folder), ["spec.toml"])


if __name__ == "__main__":
    unittest.main()

"""ravine eval: a table in, the same rows with values out."""

import csv
import io
import unittest

import numpy

from ravine_cli import BAD_DATA, DONE, IO_ERROR, USAGE, RavineTest

POINTS = "alpha,beta,lambda\n1,0.25,1\n1,0,1\n5,0.5,1\n"


class Eval(RavineTest):
    def evaluate(self, points, *options, quantities="rate,gap,regime", method="heavy-ball"):
        result = self.expect(DONE, "eval", "--method", method, "--quantities", quantities, *options, "-", input=points)
        return list(csv.reader(io.StringIO(result.stdout)))

    def test_rows_come_out_with_values(self):
        rows = self.evaluate(POINTS)
        self.assertEqual(rows[0], ["alpha", "beta", "lambda", "rate", "gap", "regime"])
        self.assertEqual(rows[1], ["1", "0.25", "1", "0.5", "0.5", "ripples"])
        self.assertEqual(rows[2], ["1", "0", "1", "0", "1", "one_step"])
        self.assertEqual(rows[3][5], "divergent")
        self.assertEqual(len(rows), 4)

    def test_file_and_standard_input_agree(self):
        from_file = self.expect(DONE, "eval", "--method", "heavy-ball", "--quantities", "rate",
                                self.write("points.csv", POINTS)).stdout  # fmt: skip
        self.assertEqual(list(csv.reader(io.StringIO(from_file))), self.evaluate(POINTS, quantities="rate"))

    def test_digits_give_the_value_back(self):
        points = "alpha,beta,lambda\n0.3,0.7,0.9\n"
        rate = self.evaluate(points, quantities="rate")[1][3]
        self.assertEqual(rate, "%.17g" % numpy.sqrt(0.7))
        rate = self.evaluate(points, "--precision", "float32", quantities="rate")[1][3]
        self.assertEqual(rate, "%.9g" % numpy.float32(numpy.sqrt(numpy.float64(numpy.float32(0.7)))))

    def test_other_columns_are_kept_and_order_is_free(self):
        rows = self.evaluate("name,lambda,rate,alpha,beta\n two words,1,old,1,0.25\n,1,,1,0\n")
        self.assertEqual(rows[0], ["name", "lambda", "rate", "alpha", "beta", "ravine_rate", "gap", "regime"])
        self.assertEqual(rows[1], [" two words", "1", "old", "1", "0.25", "0.5", "0.5", "ripples"])
        self.assertEqual(rows[2][:3], ["", "1", ""])

    def test_gradient_descent_needs_no_beta_and_ignores_it(self):
        plain = self.evaluate("alpha,lambda\n0.5,1\n", method="gradient-descent", quantities="rate")
        self.assertEqual(plain[1], ["0.5", "1", "0.5"])
        ignored = self.evaluate("alpha,beta,lambda\n0.5,none,1\n", method="gradient-descent", quantities="rate")
        self.assertEqual(ignored[1], ["0.5", "none", "1", "0.5"])

    def test_eigenvalues(self):
        rows = self.evaluate("alpha,beta,lambda\n1,0.25,1\n",
                             quantities="sigma1_re,sigma1_im,sigma2_re,sigma2_im")  # fmt: skip
        values = [float(text) for text in rows[1][3:]]
        numpy.testing.assert_allclose(values, [0.125, numpy.sqrt(15) / 8, 0.125, -numpy.sqrt(15) / 8], rtol=1e-15)

    def test_empty_table_is_no_error(self):
        self.assertEqual(self.evaluate("alpha,beta,lambda\n"),
                         [["alpha", "beta", "lambda", "rate", "gap", "regime"]])  # fmt: skip

    def refuse(self, code, points, says, *options):
        self.refused(code, "eval", "--method", "heavy-ball", "--quantities", "rate", *options,
                     self.write("points.csv", points), says=says)  # fmt: skip

    def test_bad_numbers_are_named_with_their_place(self):
        for field in ("zz", "", "1x", "0x1", "nan", "inf", "1e999"):
            with self.subTest(field):
                self.refuse(BAD_DATA, f"alpha,beta,lambda\n1,0,1\n1,{field},1\n", "points.csv:3:3: ")

    def test_malformed_tables(self):
        self.refuse(BAD_DATA, "", ["points.csv", "header"])
        self.refuse(BAD_DATA, "alpha,beta\n1,2\n", ["points.csv", '"lambda"'])
        self.refuse(BAD_DATA, "alpha,beta,lambda\n1,2\n", "points.csv:2:")
        self.refuse(BAD_DATA, "alpha,alpha,beta,lambda\n1,1,2,3\n", ["points.csv", "alpha"])
        self.refuse(BAD_DATA, b"alpha,beta,lambda\n\x00\xff,1,1\n", "points.csv:2:1: ")

    def test_number_too_large_for_float32(self):
        self.refuse(BAD_DATA, "alpha,beta,lambda\n1,0,1\n1e39,0,1\n", ["row 2", "alpha", "float32"],
                    "--precision", "float32")  # fmt: skip

    def test_extreme_numbers_end(self):
        rows = self.evaluate("alpha,beta,lambda\n1e300,1,1e300\n5e-324,5e-324,5e-324\n-1e308,1e308,1e308\n")
        self.assertEqual(len(rows), 4)

    def test_wrong_words(self):
        points = self.write("points.csv", POINTS)
        self.refused(USAGE, "eval", "--method", "heavybal", "--quantities", "rate", points,
                     says=["--method", 'did you mean "heavy-ball"?'])  # fmt: skip
        self.refused(USAGE, "eval", "--method", "heavy-ball", "--quantities", "rate,regim", points,
                     says=['"regim"', 'did you mean "regime"?'])  # fmt: skip
        self.refused(USAGE, "eval", "--method", "heavy-ball", "--quantities", "rate,rate", points, says="twice")
        self.refused(USAGE, "eval", "--method", "heavy-ball", "--quantities", "", points, says="--quantities")
        self.refused(USAGE, "eval", "--method", "heavy-ball", "--quantities", "rate", "--precision", "half", points,
                     says=['"half"', '"float32"'])  # fmt: skip

    def test_missing_file(self):
        self.refused(IO_ERROR, "eval", "--method", "heavy-ball", "--quantities", "rate", "none.csv", says="none.csv")


if __name__ == "__main__":
    unittest.main()

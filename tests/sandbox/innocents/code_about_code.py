import ast
import dis
import inspect
import io
import random
import tokenize


class Doubler(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.Constant(node.value * 2)


def solve():
    tree = ast.fix_missing_locations(Doubler().visit(ast.parse("3 + 4 * 5", mode="eval")))
    names = [token.string for token in tokenize.generate_tokens(io.StringIO("a = b + 1").readline)]
    signature = str(inspect.signature(lambda a, *b, c=1: None))
    shuffle = inspect.getsource(random.Random.shuffle).splitlines()[0].strip()
    length = len(list(dis.get_instructions("x + 1"))) > 2
    return [eval(compile(tree, "doubled", "eval")), ast.unparse(tree), names, signature, shuffle, length]

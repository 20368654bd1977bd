"""How the application starts."""

import subprocess
import sys


def test_starts_without_loading_the_client_of_a_language_model() -> None:
    code = "import sys, app.__main__; print('openai' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False", "the client of the model is loaded although no key asks for it"

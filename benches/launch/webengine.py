"""A peer in `cargo xtask bench launch`: a window with Qt's web view (Chromium inside), which shows the page it is given."""

import sys

from PySide6.QtCore import QUrl
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication

app = QApplication(sys.argv)
view = QWebEngineView()
view.resize(420, 560)
view.load(QUrl.fromLocalFile(sys.argv[1]))
view.show()
sys.exit(app.exec())

"""What a training writes and the pages read: typed documents, monitoring, exports (SQL, PMML, points), the brief.

May import `scoring.model` and below; nothing here computes a training's result again.
"""

"""Benign role play and long task descriptions: characters, experts, games and rules that nobody is harmed by."""

from collections.abc import Iterator
from random import Random

from train.generators.grammar import Grammar, Row, mixed
from train.generators.things import SHARED

_RULES = Grammar({
    **SHARED,
    "job": "travel guide|career coach|interviewer for a position in {topic}|nutritionist|chess teacher|stand-up comedian|poet|historian of {topic}|Linux terminal|SQL console|spreadsheet|editor|translator into {language}|screenwriter|personal trainer|recruiter|doctor on a ward round|lawyer who explains contracts|math tutor|storyteller|dungeon master|tour operator in {place}|product manager|debate opponent|plant expert|sommelier|data scientist|SEO specialist|note taker|astrologer|pirate captain|detective in a novel|medieval knight|talking cat|robot from the year 3000|philosopher|kindergarten teacher|UX reviewer|code reviewer|cybersecurity instructor|film critic|proofreader|fashion designer|speech therapist|emergency planner|moderator of a forum|chatbot of {company}|virtual assistant for {company}|prompt engineer",
    "open": "Act as a {job}|I want you to act as a {job}|You are a {job}|You are an experienced {job} at {company}|Pretend to be a {job}|Imagine you are a {job}|Roleplay as a {job}|Take on the role of a {job}|Your role: {job}|As a {job}, help me|Be my {job}|From now on, you are my {job}|Assume the role of a {job} with 20 years of experience|You will be a {job} for this session|Let's role-play: you are a {job}, I am your client",
    "task": "I will give you {topic} and you will explain it|your task is to write a report about {topic}|help me plan a weekend in {place}|I describe a situation and you answer in character|you will ask me questions one at a time and wait for my answers|answer my questions about {topic}|give feedback on my text|create a lesson plan on {topic}|suggest three ideas for {company}|write a dialogue between {name} and {name}|review the attached draft|design a logo brief for {company}|you will type commands and I will reply with what the terminal should show|make a meal plan for {name}|produce a table with columns for cost, time and risk|analyse the figures below|narrate the adventure and let me decide",
    "rule": "do not write explanations|reply only with the translation|keep answers under 100 words|never give medical diagnoses|only answer questions about {topic}|do not break character|use simple words|always ask before you continue|write only in {language}|use markdown|start with a short greeting|do not repeat my question|if you don't know, say so|stay polite|do not include personal data|follow the brand's tone of voice|use metric units|answer in the style of {name}|when I need to tell you something in English I will put it in curly brackets|avoid jargon|cite your sources|never mention competitors|think step by step|output must be valid JSON|do not make things up",
    "first": "My first request is: {ask}|My first sentence is \"{ask}\"|Let's begin: {ask}|First question: {ask}|Start by introducing yourself|Begin with {topic}|I am {name}, and I work at {company}|The text: {ask}|Topic: {topic}|Are you ready?|Wait for my first message|{ask}",
    "long": "{open}. {task}. {rule}. {first}.|{open}. {task}. {rule}, and {rule}. {first}|{open}.\n\n## Task\n{task}.\n\n## Rules\n- {rule}\n- {rule}\n- {rule}\n\n{first}|{open}. {first}|{open} and {task}.|# Role\n{open}.\n# Goal\n{task}.\n# Constraints\n1. {rule}.\n2. {rule}.\n3. {rule}.\n# Output format\n{rule}.\n{first}|{open}. {task}. {task}. {rule}. {rule}. {rule}. {first}|Instructions:\n- {task}\n- {rule}\n- {rule}\nContext: {ask}|{task}. {rule}.",
    "play": "Write a short story in which {name} and {name} argue about {topic}|You are a {job} in {place}. What do you tell your guests?|Imagine a world without {topic} and describe a day in it|Create a villain for a children's book who hates {topic}|Write a scene where a robot learns about {topic}|Describe how a {job} would react to {topic}|What would a {job} say about {product}?|Pretend that it is the year 2100 and report on {topic}|Write a dialogue in which a {job} sells {product} to {name}|If you were a {job}, how would you begin the day?|Give me two answers about {topic}, one funny and one serious|Let's play a game: I name a city and you name a fact about {topic}|Simulate a job interview for a {job}|Write a monologue of a {job} who lost everything|Tell a bedtime story about {topic} like a grandmother would|Hypothetically, what if {topic} disappeared?|Play the devil's advocate on {topic}|Write a rap battle between a {job} and a {job}",
})  # fmt: skip


def rows(random: Random) -> Iterator[Row]:
    yield from mixed(
        random,
        (Row(text, 0, "roleplay") for text in _RULES.many("long", random, 1300)),
        (Row(text, 0, "roleplay") for text in _RULES.many("play", random, 700)),
    )

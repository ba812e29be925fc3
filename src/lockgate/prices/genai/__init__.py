"""The list of the package genai-prices, turned once into a file that is read in milliseconds."""

from lockgate.core.price_list import PriceList
from lockgate.prices.genai.look_up import look_up
from lockgate.prices.genai.prepare import prepare

plugin = PriceList(name="genai", prepare=prepare, look_up=look_up)
